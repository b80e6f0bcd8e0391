/** Statements of a user's own, in Athena's dialect. */

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { parametersIn } from '../../../query/sql/parse/parts.js';
import type { SqlResults } from '../../sql-results.js';
import { type Options, useAnswer } from '../ask.js';
import type { PageProps } from '../page-props.js';
import '../parts/buttons.css';
import { CommandLine, ErrorNote, Waiting } from '../parts/notes.js';
import { Exports } from '../parts/table.js';
import { change, first } from '../place.js';
import { ErrorPlace, SqlBox } from './sql-box.js';
import { SQL_EXAMPLES } from './sql-examples.js';
import { SqlResultList } from './sql-results.js';

export function SqlPage({ options }: PageProps) {
  const statement = first(options, 'statement') ?? '';
  const now = first(options, 'now');
  const { parameters = [] } = options;
  const [text, setText] = useState(statement);
  const [time, setTime] = useState(now ?? '');
  const [values, setValues] = useState(parameters);
  const count = useParameterCount(text);
  const [isStopped, setStopped] = useState(false);
  // Back and forward bring their statement along.
  useEffect(() => {
    setText(statement);
    setTime(now ?? '');
    setValues(parameters);
    setStopped(false);
  }, [statement, now, parameters.join('\n')]);
  const asked = askedOf(statement, now, parameters);
  const { answer, command, error, isWaiting } = useAnswer<SqlResults>('sql', isStopped ? undefined : asked);
  const isRunning = isWaiting && !isStopped;
  const [isOver, problem] = asked && !isRunning && !isStopped ? [true, error] : [false, undefined];
  const place = problem?.position;
  const run = (): void => {
    setStopped(false);
    const next = {
      statement: text === '' ? [] : [text],
      now: time.trim() === '' ? [] : [time.trim()],
      parameters: valuesOf(values, count),
    };
    const isSame =
      text === statement &&
      time.trim() === (now ?? '') &&
      JSON.stringify(next.parameters) === JSON.stringify(parameters);
    change(next, { replace: isSame });
  };
  return (
    <>
      <h1>SQL</h1>
      <form
        class="sql-form"
        aria-label="Statement"
        onSubmit={event => {
          event.preventDefault();
          run();
        }}
      >
        <label for="statement">
          Statements in Athena’s dialect, with semicolons between; any table name stands for the index.
          Ctrl-Enter runs them.
        </label>
        <SqlBox value={text} error={text === statement ? place : undefined} onInput={setText} />
        <Parameters values={valuesOf(values, count)} onInput={setValues} />
        <div class="sql-controls">
          <button type="submit" class="main">
            Run
          </button>
          <button type="button" disabled={!isRunning} onClick={() => setStopped(true)}>
            Stop
          </button>
          <Examples onChoose={setText} />
          <Now value={time} onInput={setTime} />
        </div>
      </form>
      {isStopped && <p class="note">The statement was stopped.</p>}
      <ErrorNote error={problem} />
      {place && <ErrorPlace statement={statement} position={place} />}
      <Waiting isWaiting={isRunning} />
      <div class={isRunning ? 'is-old' : undefined}>
        {answer && asked && !problem && !isStopped && <SqlResultList {...answer} />}
      </div>
      {isOver && !problem && asked && answer?.results.some(({ kind }) => kind === 'rows') && (
        <p>
          All rows: <Exports question="sql" options={asked} />
        </p>
      )}
      {isOver && <CommandLine command={command} />}
    </>
  );
}

function askedOf(
  statement: string,
  now: string | undefined,
  parameters: readonly string[],
): Options | undefined {
  if (statement.trim() === '') return undefined;
  return {
    statement,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(now === undefined ? {} : { now }),
  };
}

/** A value for each `?`, of those that were given so far. */
const valuesOf = (given: readonly string[], count: number): string[] =>
  Array.from({ length: count }, (_, i) => given[i] ?? '');

/** How many values statements take; what it was before while a text is not finished. */
function useParameterCount(text: string): number {
  const last = useRef(0);
  return useMemo(() => {
    last.current = parametersIn(text) ?? last.current;
    return last.current;
  }, [text]);
}

/** A field for the value of each `?`, in their order. */
function Parameters({
  values,
  onInput,
}: {
  values: readonly string[];
  onInput: (values: readonly string[]) => void;
}) {
  if (values.length === 0) return null;
  return (
    <fieldset class="sql-parameters">
      <legend>Values of ?, each an expression, or else a text</legend>
      {values.map((value, i) => (
        <label key={i}>
          {`? ${i + 1}`}
          <input
            value={value}
            required
            title="GetObject, 42 or DATE '2019-07-08'; '' is the empty text"
            autocomplete="off"
            spellcheck={false}
            onInput={event => onInput(values.with(i, event.currentTarget.value))}
          />
        </label>
      ))}
    </fieldset>
  );
}

/** Statements to begin with: one that is chosen stands in the box, and is not run yet. */
function Examples({ onChoose }: { onChoose: (statement: string) => void }) {
  return (
    <div class="field">
      <label for="example">Examples</label>
      <select
        id="example"
        value=""
        onChange={event => {
          const chosen = SQL_EXAMPLES.find(({ title }) => title === event.currentTarget.value);
          if (chosen) onChoose(chosen.statement);
          event.currentTarget.value = '';
        }}
      >
        <option value="">choose one …</option>
        {SQL_EXAMPLES.map(({ title }) => (
          <option key={title} value={title}>
            {title}
          </option>
        ))}
      </select>
    </div>
  );
}

/** The time that `now()` stands for: logs are often older than what runbooks ask for. */
function Now({ value, onInput }: { value: string; onInput: (time: string) => void }) {
  return (
    <div class="field">
      <label for="now">now() is</label>
      <input
        id="now"
        value={value}
        placeholder="now"
        title="any time that filters take, as 2019-07-08"
        autocomplete="off"
        onInput={event => onInput(event.currentTarget.value)}
      />
    </div>
  );
}
