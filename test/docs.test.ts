import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedDocs } from '../scripts/docs.js';
import { CLI, folder, ROOT, SAMPLES } from './support.js';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

describe('generated pages are what the program says now', () => {
  it.each(Object.entries(generatedDocs()))('docs/%s (else run npm run docs)', (path, text) => {
    expect(readFileSync(join(ROOT, 'docs', path), 'utf8')).toBe(text);
  });
});

/** What a program prints, in a folder with the sample logs. */
function outputOf(code: string): string[] {
  const cwd = folder();
  cpSync(SAMPLES, join(cwd, 'sample-logs'), { recursive: true });
  writeFileSync(
    join(cwd, 'example.mjs'),
    code.replace("'offtrail'", JSON.stringify(join(ROOT, 'dist', 'index.js'))),
  );
  const ran = spawnSync(process.execPath, ['example.mjs'], { cwd, encoding: 'utf8' });
  expect(ran.stderr).toBe('');
  return ran.stdout.trim().split('\n');
}

describe('the README', () => {
  it('shows a session as it is', () => {
    const session = /```console\n([\s\S]*?)```/.exec(readme)![1]!;
    const steps = session.split(/^\$ /m).slice(1);
    expect(steps).toHaveLength(6);
    const cwd = folder();
    symlinkSync(SAMPLES, join(cwd, 'sample-logs'));
    for (const step of steps) {
      const [commandLine, ...output] = step.trimEnd().split('\n');
      const ran = spawnSync(
        'sh',
        ['-c', `offtrail() { "${process.execPath}" "${CLI}" "$@"; }; ${commandLine!} 2>&1`],
        { cwd, encoding: 'utf8' },
      );
      // What has a time in it, or is on its way, is not shown.
      const said = ran.stdout
        .replaceAll('\r', '')
        .split('\n')
        .filter(line => !/is ready|building indexes/.test(line));
      expect(said.join('\n').trimEnd()).toBe(output.join('\n'));
    }
  });

  it('links to a page on the library whose example runs', () => {
    const library = readFileSync(join(ROOT, 'docs', 'library.md'), 'utf8');
    const lines = outputOf(/```ts\n([\s\S]*?)```/.exec(library)![1]!);
    expect(lines[0]).toBe('452 records stored');
    expect(lines).toContain('4 events');
    expect(lines.at(-1)).toMatch(/^158 2019-07-04T22:00:00Z 2019-07-07T\S+ true$/);
  });

  it('has a library example that runs', () => {
    const code = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
    const lines = outputOf(code);
    expect(lines[0]).toBe('452 records stored');
    expect(lines).toHaveLength(7);
    expect(lines[3]).toBe('1 events with this text');
    for (const line of lines.slice(4)) expect(line).toMatch(/^\S* \S* \d+$/);
    expect(lines[1]).toMatch(/^2019-07-07T\d\d:\d\d:\d\dZ \S+$/);
  });

  it('has a guide for contributors that names what is there', () => {
    const guide = readFileSync(join(ROOT, 'docs', 'contributing.md'), 'utf8');
    const sources = ['src', 'test', 'scripts']
      .flatMap(root =>
        readdirSync(join(ROOT, root), { recursive: true, encoding: 'utf8' }).map(file => join(root, file)),
      )
      .filter(file => file.endsWith('.ts'));
    const code = sources.map(file => readFileSync(join(ROOT, file), 'utf8')).join('\n');
    const named = [...guide.matchAll(/`([^`\s<>…]+)`/g)].map(([, name]) => name!);
    const paths = named.filter(name => /^(src|test|scripts|docs)\//.test(name) && !name.includes('v6'));
    const identifiers = named.filter(name => /^([A-Z]+_?)+$|^[a-z]+[A-Z]\w*$/.test(name));
    expect([paths.length > 15, identifiers.length > 15]).toEqual([true, true]);
    expect(paths.filter(path => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(identifiers.filter(name => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
  });

  it('links to pages that exist', () => {
    const targets = [...readme.matchAll(/\]\((docs\/[^)]+)\)/g)].map(match => match[1]!);
    expect(targets.length).toBeGreaterThan(5);
    for (const target of targets) expect(readFileSync(join(ROOT, target), 'utf8').length).toBeGreaterThan(0);
  });
});
