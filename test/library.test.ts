import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { ERRORS, type EventIndex, ingest, openIndex } from '../src/index.js';
import { FILTERS } from '../src/query/filter/filter.js';
import { folder, ingestInto, put, ROOT, SAMPLES } from './support.js';

/** The methods as JavaScript sees them. */
type Untyped = Record<keyof EventIndex & string, (...args: unknown[]) => unknown>;

let path: string;
beforeAll(() => {
  path = ingestInto([SAMPLES]).db;
});
function withIndex(use: (index: EventIndex) => void): void {
  const index = openIndex(path);
  try {
    use(index);
  } finally {
    index[Symbol.dispose]();
  }
}

describe('the library', () => {
  it('gives the same events each time a page is iterated', () => {
    withIndex(index => {
      for (const page of [index.events({ limit: 7 }), index.lookupEvents({ limit: 7 })]) {
        const once = [...page];
        expect(once).toHaveLength(7);
        expect([...page]).toEqual(once);
      }
    });
  });

  it('gives a page with the token for the next', () => {
    withIndex(index => {
      const first = index.events({ columns: ['eventID'], limit: 5 }).page();
      expect(first.rows).toHaveLength(5);
      const rest = index.events({ columns: ['eventID'], token: first.nextToken }).page();
      expect(rest.nextToken).toBeUndefined();
      expect([...first.rows, ...rest.rows]).toEqual([...index.events({ columns: ['eventID'] })]);
      const looked = index.lookupEvents({ limit: 2 }).page();
      expect(looked.rows).toHaveLength(2);
      expect(looked.nextToken).toBeTypeOf('string');
    });
  });

  it('gives a search in pages of any size, each event once and in order', () => {
    withIndex(index => {
      for (const order of ['newest', 'oldest'] as const) {
        const all = [...index.search({ text: 's3', order })].map(event => event.eventRowid);
        expect(all.length).toBeGreaterThan(100);
        for (const limit of [1, 7, 50, all.length]) {
          const paged: number[] = [];
          let token: string | undefined;
          do {
            const page = index.search({ text: 's3', order, limit, token }).page();
            const left = index.search({ text: 's3', order, token }).count();
            expect(left).toBe(all.length - paged.length);
            paged.push(...page.rows.map(event => event.eventRowid));
            token = page.nextToken;
          } while (token !== undefined);
          expect(paged).toEqual(all);
        }
      }
      const { nextToken: token } = index.search({ text: 's3', limit: 2 }).page();
      expect(() => index.search({ text: 's', token })).toThrow(
        expect.objectContaining({ code: 'BAD_TOKEN' }),
      );
      expect(() => index.search({ text: 's3', word: true, token })).toThrow('token');
      expect(index.search({ text: 's3', limit: 0 }).page()).toMatchObject({ rows: [], nextToken: undefined });
    });
  });

  it('takes a token of the same question, however it is put', () => {
    withIndex(index => {
      const { rows, nextToken: token } = index
        .events({ service: 's3', eventName: ['PutObject', 'GetObject'], limit: 2 })
        .page();
      expect(rows).toHaveLength(2);
      const same = { eventName: ['GetObject', 'PutObject'], service: ['s3'], limit: 2, token };
      expect([...index.events(same)]).toHaveLength(2);
      expect(() => index.events({ ...same, service: 'sts' })).toThrow('token');
    });
  });

  it('says of a search before it has run whether the index for text covers it', () => {
    withIndex(index => {
      const found = index.search({ text: 'salaries' });
      expect(found.isCovered()).toBe(true);
      expect(found.count()).toBe(1);
      const [event] = [...found];
      expect(event).toMatchObject({ match: 'salaries', eventName: 'GetObject' });
      expect([
        ...index.sql(`SELECT eventid AS id FROM cloudtrail_logs WHERE event_rowid = ${event!.eventRowid}`, {
          dialect: 'sqlite',
        }),
      ]).toEqual([{ id: event!.eventID }]);
    });
  });

  it('answers a statement while the rows of another are read, and gives those of the last of several', () => {
    withIndex(index => {
      const first = index.sql('SELECT lower(eventname) AS e FROM t ORDER BY 1')[Symbol.iterator]();
      const one = first.next().value as { e: string };
      const [found] = index.sql("SELECT upper('a') AS a, true AS b, ARRAY[1, 2] AS c, 1.5 AS d, ? AS e", {
        parameters: ['x'],
      });
      expect(found).toEqual({ a: 'A', b: true, c: '[1,2]', d: 1.5, e: 'x' });
      expect((first.next().value as { e: string }).e).toBe(one.e);
      const rows = [
        ...index.sql('SELECT lower(eventname) FROM t; SELECT upper(eventname) AS x FROM t LIMIT 1'),
      ];
      expect(rows).toHaveLength(1);
      expect(Object.keys(rows[0]!)).toEqual(['x']);
      expect(() => index.sql('SELECT nosuch FROM t')).toThrow(/^COLUMN_NOT_FOUND: line 1:8: /);
      expect(() => index.sql('DROP TABLE event', { dialect: 'sqlite' })).toThrow(/can run here/);
      expect(() => index.sql('SELECT 1', { dialect: 'mysql' as 'athena' })).toThrow(/dialect/);
      first.return?.();
    });
  });

  it('answers while rows of another question are read', () => {
    withIndex(index => {
      let rounds = 0;
      for (const _ of index.sql('SELECT eventname FROM cloudtrail_logs LIMIT 2')) {
        for (const event of index.events({ limit: 1 })) expect(event.eventName).toBeTypeOf('string');
        expect(index.top({ columns: ['eventname'] }).events).toBe(158);
        expect(index.timeline().untimed).toBe(0);
        expect(index.who('AROA*')?.events).toBeGreaterThan(0);
        expect([...index.lookupEvents({ limit: 1 })]).toHaveLength(1);
        rounds++;
      }
      expect(rounds).toBe(2);
    });
  });

  it('has one rule for limits, everywhere', () => {
    withIndex(index => {
      const columns = ['eventname'];
      const limited: Array<(limit: number | undefined) => unknown> = [
        limit => [...index.events({ limit })].length,
        limit => [...index.lookupEvents({ limit })].length,
        limit => index.top({ columns, limit }).rows.length,
        limit => [...index.search({ text: 'amazonaws', limit })].length,
        limit => index.search({ text: 'amazonaws', limit }).count(),
        limit => [...index.s3('object-access', { limit })].length,
      ];
      for (const ask of limited) {
        for (const limit of [-1, 1.5, Number.NaN, '3' as unknown as number])
          expect(() => ask(limit)).toThrow(expect.objectContaining({ code: 'BAD_LIMIT' }));
        expect([ask(0), ask(2)]).toEqual([0, 2]);
        expect(ask(undefined)).toBe(ask(Number.POSITIVE_INFINITY));
        expect(ask(undefined)).toBeGreaterThan(5);
      }
      for (const limit of [-1, 1.5])
        expect(() => index.sessions('AKIA', { limit })).toThrow(
          expect.objectContaining({ code: 'BAD_LIMIT' }),
        );
    });
  });

  it('refuses option names that do not exist and names the right one, everywhere', async () => {
    const wrong = (name: string, meant: string) =>
      expect.objectContaining({
        code: 'UNKNOWN_OPTION',
        message: `unknown option \`${name}\`; did you mean \`${meant}\`?`,
      });
    withIndex(index => {
      const bad = { bukcet: 'x' } as object;
      expect(() => index.events(bad)).toThrow(wrong('bukcet', 'bucket'));
      expect(() => index.search({ text: 'x', ...bad })).toThrow(wrong('bukcet', 'bucket'));
      expect(() => index.s3('anonymous', bad)).toThrow(wrong('bukcet', 'bucket'));
      expect(() => index.top({ columns: ['eventName'], ...bad })).toThrow(wrong('bukcet', 'bucket'));
      expect(() => index.timeline(bad)).toThrow(wrong('bukcet', 'bucket'));
      expect(() => index.who('x', bad)).toThrow(wrong('bukcet', 'bucket'));
      expect(() => index.spellings(bad)).toThrow(wrong('bukcet', 'bucket'));
      expect(() => index.nothingFound(bad)).toThrow(wrong('bukcet', 'bucket'));
      expect(() => index.lookupEvents({ starttime: 'x' } as object)).toThrow(wrong('starttime', 'startTime'));
      expect(() => index.sessions('x', { limt: 1 } as object)).toThrow(wrong('limt', 'limit'));
    });
    const misspelt = { inputs: [SAMPLES], db: 'x.db', job: 1 } as { inputs: string[]; db: string };
    await expect(ingest(misspelt)).rejects.toThrow(wrong('job', 'jobs'));
  });

  it('refuses values of filters that are no text, and reads undefined as absent', () => {
    withIndex(index => {
      for (const bucket of [{}, null, ['a', undefined], () => 'a', []])
        expect(() => index.events({ bucket } as object)).toThrow(
          expect.objectContaining({
            code: 'BAD_VALUE',
            message: expect.stringMatching(
              /^`bucket` must be a text or a list of at least one, not /,
            ) as string,
          }),
        );
      expect([...index.events({ bucket: undefined, limit: 3 })]).toHaveLength(3);
    });
  });

  it('refuses options and arguments of another kind, and missing ones, with the reason', async () => {
    const wrong: Array<[message: string, ask: (index: Untyped) => unknown]> = [
      ["`order` must be one of newest, oldest, not 'x'", index => index.events({ order: 'x' })],
      ["`columns` must be a list of texts, not 'eventName'", index => index.events({ columns: 'eventName' })],
      ['`token` must be a text, not 5', index => index.events({ token: 5 })],
      ["`errorsOnly` must be true or false, not 'no'", index => index.events({ errorsOnly: 'no' })],
      ['`from` must be a text, not [ 1 ]', index => index.events({ from: [1] })],
      ['`text` must be a text or a list of texts, not undefined', index => index.search({})],
      ["`regex` must be true or false, not 'x'", index => index.search({ text: 'a', regex: 'x' })],
      [
        "`sort` must be one of events, errors, first, last, not 'x'",
        index => index.top({ columns: ['ip'], sort: 'x' }),
      ],
      ['`columns` must be a list of texts, not undefined', index => index.top({ limit: 1 })],
      ['`by` must be a text, not 1', index => index.timeline({ by: 1 })],
      ['`allServices` must be true or false, not 1', index => index.s3('anonymous', { allServices: 1 })],
      ['`name` must be a text, not undefined', index => index.s3()],
      [
        "`lookupAttributes` must be a list of texts, not 'a=b'",
        index => index.lookupEvents({ lookupAttributes: 'a=b' }),
      ],
      ['`identity` must be a text, not {}', index => index.who({})],
      ['`session` must be a text, not {}', index => index.sessions({})],
      ['`statement` must be a text, not 5', index => index.sql(5)],
      ['`eventId` must be a text, not {}', index => index.show({})],
      ['`bucket` must be a text, not 5', index => index.objectEvents(5)],
      ['`path` must be a text, not 5', () => openIndex(5 as unknown as string)],
      ['the options are not an object', index => index.events('ana')],
    ];
    withIndex(index => {
      for (const [message, ask] of wrong)
        expect(() => ask(index as unknown as Untyped), message).toThrow(
          expect.objectContaining({ code: 'BAD_VALUE', message }),
        );
      expect(() => index.events({ columns: [] })).toThrow(expect.objectContaining({ code: 'NO_COLUMN' }));
      expect(() => index.top({ columns: [] })).toThrow(expect.objectContaining({ code: 'NO_COLUMN' }));
    });
    const wrongIngests: Array<[message: string, options: object]> = [
      ["`inputs` must be a list of texts, not 'a/path'", { inputs: 'a/path', db: 'x.db' }],
      ['`db` must be a text, not undefined', { inputs: [SAMPLES] }],
      [
        'unknown option `maxRecordByte`; did you mean `maxRecordBytes`?',
        { inputs: [SAMPLES], db: 'x.db', limits: { maxRecordByte: 1 } },
      ],
      [
        "`maxFileBytes` must be a number of bytes, 0 or more, not '1'",
        { inputs: [SAMPLES], db: 'x.db', limits: { maxFileBytes: '1' } },
      ],
    ];
    for (const [message, options] of wrongIngests)
      await expect(ingest(options as { inputs: string[]; db: string })).rejects.toThrow(
        expect.objectContaining({ message }),
      );
  });

  it('speaks of options under their names in the library', () => {
    withIndex(index => {
      expect(() => index.events({ from: '2024-01-02', to: '2024-01-01' })).toThrow(
        expect.objectContaining({ hint: '`from` must not be later than `to`' }),
      );
    });
    expect(() => openIndex(join(folder(), 'none.db'))).toThrow(
      expect.objectContaining({ hint: 'make one with ingest, or open another file' }),
    );
    const texts = sourcesBelow('src').filter(
      // Other engines are asked by the command line alone.
      ([file]) => !/^(commands\/|engine\/|web\/|cli\.ts)/.test(file) && !file.startsWith('query/lookup/'),
    );
    const flags = texts.flatMap(([file, text]) =>
      text
        .split('\n')
        .filter(line => !/^\s*(\*|\/\/|\/\*\*)/.test(line))
        .flatMap(line =>
          [...line.matchAll(/(?<=['"`\s])--[a-z][\w-]+/g)].map(match => `${file}: ${match[0]}`),
        ),
    );
    // The description of a search is shown by the command line alone; damage is found by it; a command of the AWS CLI.
    expect(
      flags.filter(
        flag =>
          !['query/s3-searches.ts: --all-services', 'json-text.ts: --verify'].includes(flag) &&
          !/^integrity\/(verify|validate-logs)\.ts/.test(flag),
      ),
    ).toEqual([]);
  });
});

/** Every file below a folder of the repository with its text. */
function sourcesBelow(root: string): Array<[file: string, text: string]> {
  return readdirSync(join(ROOT, root), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => [file, readFileSync(join(ROOT, root, file), 'utf8')]);
}

describe('error codes', () => {
  it('that are listed are thrown, and no others', () => {
    const text = sourcesBelow('src')
      .filter(([file]) => file !== 'errors.ts' && file !== 'commands/wording.ts')
      .map(([, source]) => source)
      .join('\n');
    const unused = Object.keys(ERRORS).filter(code => !text.includes(`'${code}'`));
    expect(unused).toEqual([]);
    expect(readFileSync(join(ROOT, 'docs', 'errors.md'), 'utf8')).toContain('`UNKNOWN_OPTION`');
  });
});

describe('the public types', () => {
  const entry = join(ROOT, 'dist', 'index.d.ts');
  const program = ts.createProgram([entry], {
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  });
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!);
  const docOf = (symbol: ts.Symbol): string =>
    ts.displayPartsToString(symbol.getDocumentationComment(checker));
  /** The members of each exported interface that are declared in it. */
  const members = exported.flatMap(symbol => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (!(target.flags & ts.SymbolFlags.Interface)) return [];
    return [...(target.members?.values() ?? [])]
      .filter(member => !(member.flags & ts.SymbolFlags.TypeParameter))
      .map(member => ({ type: symbol.name, member }));
  });

  it('say of every field what it is', () => {
    expect(members.length).toBeGreaterThan(150);
    const silent = members.filter(({ member }) => docOf(member) === '');
    expect(silent.map(({ type, member }) => `${type}.${member.name}`)).toEqual([]);
  });

  it('say of every filter what the help says', () => {
    const said = new Map(
      members.filter(({ type }) => type === 'Filters').map(({ member }) => [member.name, docOf(member)]),
    );
    expect(said.size).toBe(FILTERS.length);
    for (const { name, description } of FILTERS) expect(said.get(name), name).toBe(description);
  });

  it('have examples that compile and run on the sample logs', async () => {
    const examples = members
      .filter(({ type }) => type === 'EventIndex')
      .flatMap(({ member }) => member.getJsDocTags(checker))
      .filter(({ name }) => name === 'example')
      .map(({ text }) => ts.displayPartsToString(text));
    expect(examples.length).toBeGreaterThan(15);
    const code = `import { openIndex } from ${JSON.stringify(join(ROOT, 'dist', 'index.js'))};
      const index = openIndex(${JSON.stringify(path)});
      ${examples.map(example => `{\n${example}\n}`).join('\n')}`;
    const file = put(folder(), 'examples.mts', code);
    const options = { ...program.getCompilerOptions(), strict: true, noEmit: true, types: ['node'] };
    const compiled = ts.createProgram([file], { ...options, typeRoots: [join(ROOT, 'node_modules/@types')] });
    const faults = ts.getPreEmitDiagnostics(compiled, compiled.getSourceFile(file));
    expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
    const script = put(
      folder(),
      'examples.mjs',
      ts.transpile(code, { ...options, module: ts.ModuleKind.ESNext }),
    );
    const ran = spawnSync(process.execPath, [script], { encoding: 'utf8', cwd: folder() });
    expect(ran.stderr).toMatch(/^(not all log files are in the index yet\n)?$/);
    expect(ran.stdout.split('\n').length).toBeGreaterThan(15);
  });

  it('have an example for every method', () => {
    const methods = members.filter(
      ({ type, member }) => type === 'EventIndex' && member.flags & ts.SymbolFlags.Method,
    );
    expect(methods.length).toBeGreaterThan(15);
    const without = methods.filter(
      ({ member }) => !member.getJsDocTags(checker).some(({ name }) => name === 'example'),
    );
    expect(without.map(({ member }) => member.name)).toEqual(['close']);
  });
});
