import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { ROOT } from './support.js';

const SRC = join(ROOT, 'src');

/**
 * The rooms of the house, the lowest first: a line is a floor, what stands in a line are rooms side by side. A room is a
 * folder, or a file; a module belongs to the longest that fits. It may import from its own room and from every floor
 * below its own, never from above and never from a room beside it.
 */
const FLOORS: string[][] = [
  [
    'errors.ts',
    'lazy.ts',
    'version.ts',
    'bounded-map.ts',
    'grouped.ts',
    'dimensions.ts',
    'resident-memory.ts',
    'lake-types.ts',
    'bytes',
  ],
  ['nearest.ts', 'address.ts', 'json-text.ts', 'views.ts'],
  ['option-kinds.ts', 'profile.ts'],
  ['cloudtrail', 'access-logs'],
  ['batch.ts'],
  ['output', 'read', 'store/schema', 'store/pages'],
  ['store'],
  ['store/file'],
  ['store/text', 'store/columns'],
  ['store/versions.ts'],
  ['store/access-writer.ts'],
  ['store/write.ts', 'store/load'],
  ['integrity'],
  ['ingest', 'query/filter'],
  ['query/text'],
  ['query/columns'],
  ['query'],
  ['query/sql'],
  ['query/lookup', 'query/sessions', 'query/coverage'],
  ['query/access'],
  ['export'],
  ['query/options.ts'],
  ['engine'],
  ['event-index.ts'],
  ['open-answers.ts'],
  ['open-index.ts'],
  ['index.ts', 'web'],
  ['web/app'],
  ['commands'],
  ['cli.ts'],
];

const modules = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(name => /\.tsx?$/.test(name))
  .sort();
/** The module that a specifier means. */
function moduleAt(path: string): string {
  const typed = [path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx')].find(existsSync) ?? path;
  return relative(SRC, typed);
}
const imports = new Map<string, string[]>(
  modules.map(name => {
    const path = join(SRC, name);
    const specifiers = [...readFileSync(path, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(
      match => match[1]!,
    );
    return [name, specifiers.map(specifier => moduleAt(resolve(dirname(path), specifier)))];
  }),
);

/** The room of a module, and its floor. */
function roomOf(module: string): { room: string; floor: number } {
  const rooms = FLOORS.flatMap((names, floor) => names.map(room => ({ room, floor })))
    .filter(({ room }) => module === room || module.startsWith(`${room}/`))
    .sort((a, b) => b.room.length - a.room.length);
  return rooms[0] ?? { room: '', floor: -1 };
}

it('every module has a room, and every room a module', () => {
  expect(modules.filter(module => roomOf(module).floor < 0)).toEqual([]);
  const rooms = new Set(modules.map(module => roomOf(module).room));
  expect(FLOORS.flat().filter(room => !rooms.has(room))).toEqual([]);
});

it('imports run downhill', () => {
  const uphill: string[] = [];
  for (const [module, targets] of imports) {
    const from = roomOf(module);
    for (const target of targets) {
      const to = roomOf(target);
      if (from.room !== to.room && to.floor >= from.floor) uphill.push(`${module} → ${target}`);
    }
  }
  expect(uphill).toEqual([]);
});

it('a command knows queries and output, not the store or the reader', () => {
  const below = [...imports].flatMap(([module, targets]) =>
    module.startsWith('commands/')
      ? targets.filter(target => /^(store|read)\//.test(target)).map(target => `${module} → ${target}`)
      : [],
  );
  expect(below).toEqual([]);
});

it('declaring the commands loads neither the database nor the libraries that queries and output use', () => {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const [, from = ''] of readFileSync(path, 'utf8').matchAll(
      /^(?:import|export)\b[^;]*? from '([^']+)'/gm,
    ))
      if (from.startsWith('.')) visit(resolve(dirname(path), from));
      else if (!from.startsWith('node:')) packages.add(from);
  };
  visit(join(ROOT, 'dist', 'commands', 'verbs.js'));
  expect(seen.size).toBeGreaterThan(20);
  expect([...packages].sort()).toEqual(['picocolors']);
});

it('no module imports itself by a detour', () => {
  const state = new Map<string, 'open' | 'done'>();
  const circles: string[] = [];
  const visit = (module: string, trail: string[]): void => {
    if (state.get(module) === 'done') return;
    if (state.get(module) === 'open') {
      circles.push([...trail, module].join(' → '));
      return;
    }
    state.set(module, 'open');
    for (const target of imports.get(module) ?? []) visit(target, [...trail, module]);
    state.set(module, 'done');
  };
  for (const module of imports.keys()) visit(module, []);
  expect(circles).toEqual([]);
});

it('only the command line ends the process, and the library prints nothing', () => {
  const texts = modules.map(name => [name, readFileSync(join(SRC, name), 'utf8')] as const);
  expect(texts.filter(([, text]) => text.includes('process.exit')).map(([name]) => name)).toEqual(['cli.ts']);
  const printing = texts.filter(
    ([name, text]) =>
      !/^(commands\/|cli\.ts)/.test(name) &&
      // An example in a comment may print.
      /console\.|process\.std/.test(text.replaceAll(/^\s*\*.*$/gm, '')),
  );
  expect(printing.map(([name]) => name)).toEqual([]);
});

it('docs/architecture.md names files and rooms that are there', () => {
  const text = readFileSync(join(ROOT, 'docs', 'architecture.md'), 'utf8');
  const tops = readdirSync(SRC);
  const named = [...text.matchAll(/`((?:[a-z0-9-]+\/)*[a-z0-9-]+(?:\.ts|\/))`/g)]
    .map(match => match[1]!)
    .filter(path => tops.includes(path.split('/')[0]!) || path.endsWith('.ts'));
  const missing = named.filter(
    path =>
      !modules.includes(path) &&
      !existsSync(join(ROOT, path)) &&
      !modules.some(module => module.startsWith(path)) &&
      !modules.some(module => module.endsWith(`/${path}`)),
  );
  expect(named.length).toBeGreaterThan(30);
  expect(missing).toEqual([]);
});

/** The doc comment, or the comment at the head of a file, that stands before a position. */
function commentBefore(text: string, position: number): string {
  return (ts.getLeadingCommentRanges(text, position) ?? [])
    .map(({ pos, end }) => text.slice(pos, end))
    .join('\n');
}

it('no file is longer than 300 lines and no function than 80 without saying why ("Long: …")', () => {
  const silent: string[] = [];
  for (const name of modules) {
    const text = readFileSync(join(SRC, name), 'utf8');
    const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    const isLong = (from: number, to: number, most: number): boolean =>
      source.getLineAndCharacterOfPosition(to).line - source.getLineAndCharacterOfPosition(from).line >= most;
    const fileComment = commentBefore(text, 0) || commentBefore(text, text.indexOf('\n') + 1);
    if (isLong(0, text.length, 301) && !fileComment.includes('Long: ')) silent.push(name);
    const visit = (node: ts.Node): void => {
      if (ts.isFunctionLike(node) && isLong(node.getStart(source), node.end, 80)) {
        const comment = commentBefore(text, node.getFullStart());
        if (!comment.includes('Long: '))
          silent.push(`${name}: ${node.name?.getText(source) ?? 'a function'}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  expect(silent).toEqual([]);
});
