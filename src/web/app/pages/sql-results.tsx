/** What statements gave: rows as tables, sentences, and what is to be said of them. */

import type { SqlResults, SqlStatementResult } from '../../sql-results.js';
import { Cell } from '../parts/cell.js';
import { HiddenNotes } from '../parts/notes.js';
import { Table, type TableColumn } from '../parts/table.js';
import { LogText } from '../parts/text.js';

export function SqlResultList({ results, notes, hidden }: SqlResults) {
  return (
    <>
      {results.map((result, i) => (
        <SqlResultView key={i} result={result} name={results.length > 1 ? `Result ${i + 1}` : 'Result'} />
      ))}
      {notes.map(note => (
        <p class="note" key={note}>
          <LogText value={note} />
        </p>
      ))}
      <HiddenNotes hidden={hidden} />
    </>
  );
}

function SqlResultView({ result, name }: { result: SqlStatementResult; name: string }) {
  return (
    <div class="sql-result">
      {result.notes.map(note => (
        <p class="note" key={note}>
          <LogText value={note} />
        </p>
      ))}
      {result.kind === 'done' ? (
        <p>
          <LogText value={result.sentence} />
        </p>
      ) : (
        <SqlRows {...result} name={name} />
      )}
    </div>
  );
}

function SqlRows({
  columns,
  numbers,
  rows,
  more,
  name,
}: Extract<SqlStatementResult, { kind: 'rows' }> & { name: string }) {
  return (
    <>
      <h2>
        {name}: {more && 'the first '}
        {rows.length.toLocaleString('en-US')} {rows.length === 1 ? 'row' : 'rows'}
        {more && '; there are more, which the exports have'}
      </h2>
      <Table
        label={name}
        columns={columns.map((title, i) => columnOf(title, i, numbers[i] ?? false))}
        rows={rows}
      />
    </>
  );
}

/** By its place: two columns may have one name. */
const columnOf = (title: string, i: number, isNumber: boolean): TableColumn<readonly unknown[]> => ({
  name: String(i),
  title,
  isNumber,
  cell: row => {
    const value = row[i];
    return typeof value === 'number' && isNumber ? value.toLocaleString('en-US') : <Cell value={value} />;
  },
});
