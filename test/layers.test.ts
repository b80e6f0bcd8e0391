import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './support.js';

const SRC = join(ROOT, 'src');

/** A module may import from its own layer's folder and from every layer above it in this list, never from below or beside. */
const LAYERS: string[][] = [
  [
    'errors.ts',
    'fields.ts',
    'batch.ts',
    'bounded-map.ts',
    'lazy.ts',
    'nearest.ts',
    'version.ts',
    'json-text.ts',
    'address.ts',
    'hash.ts',
    'text.ts',
    'resources.ts',
  ],
  ['read', 'store', 'output'],
  ['ingest', 'query'],
  ['index.ts'],
  ['commands'],
  ['verbs'],
  ['cli.ts'],
];

const layerOf = (unit: string): number => LAYERS.findIndex(units => units.includes(unit));
const unitOf = (path: string): string => relative(SRC, path).split('/')[0]!;

const modules = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'));
const imports = new Map<string, string[]>(
  modules.map(name => {
    const path = join(SRC, name);
    const specifiers = [...readFileSync(path, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(
      match => match[1]!,
    );
    return [path, specifiers.map(specifier => resolve(dirname(path), specifier.replace(/\.js$/, '.ts')))];
  }),
);

it('every module has a layer', () => {
  expect(modules.filter(name => layerOf(name.split('/')[0]!) < 0)).toEqual([]);
});

it('imports run one way', () => {
  const wrong: string[] = [];
  for (const [path, targets] of imports) {
    for (const target of targets) {
      const [from, to] = [unitOf(path), unitOf(target)];
      if (from !== to && layerOf(to) >= layerOf(from) && layerOf(from) > 0)
        wrong.push(`${relative(SRC, path)} → ${relative(SRC, target)}`);
      if (layerOf(from) === 0 && layerOf(to) > 0)
        wrong.push(`${relative(SRC, path)} → ${relative(SRC, target)}`);
    }
  }
  expect(wrong).toEqual([]);
});

it('no module imports itself by a detour', () => {
  const state = new Map<string, 'open' | 'done'>();
  const visit = (path: string, trail: string[]): void => {
    if (state.get(path) === 'done') return;
    expect(
      [...trail, path].map(p => relative(SRC, p)),
      'a cycle',
    ).toSatisfy(() => state.get(path) !== 'open');
    state.set(path, 'open');
    for (const target of imports.get(path) ?? []) visit(target, [...trail, path]);
    state.set(path, 'done');
  };
  for (const path of imports.keys()) visit(path, []);
});

it('only the command line ends the process, and the library prints nothing', () => {
  const texts = modules.map(name => [name, readFileSync(join(SRC, name), 'utf8')] as const);
  expect(texts.filter(([, text]) => text.includes('process.exit')).map(([name]) => name)).toEqual(['cli.ts']);
  const printing = texts.filter(
    ([name, text]) => !/^(commands\/|cli\.ts)/.test(name) && /console\.|process\.std/.test(text),
  );
  expect(printing.map(([name]) => name)).toEqual([]);
});
