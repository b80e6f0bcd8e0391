/** Canned searches as forms made from their list: which search, what it needs, filters, and its rows. */

import type { ComponentType } from 'preact';
import type { Spelling } from '../../../query/columns/spelling.js';
import type { FilterEntry, SearchEntry } from '../../start.js';
import { type Options, useAnswer } from '../ask.js';
import { Cell } from '../parts/cell.js';
import { CommandLine, ErrorNote, HiddenNotes, Waiting } from '../parts/notes.js';
import { type FormField, optionsOf, SearchForm } from '../parts/search-form.js';
import { identity } from '../parts/summary.js';
import { Exports, Table, type TableColumn } from '../parts/table.js';
import { Time } from '../parts/time.js';
import { addressOf, change, first, type Place } from '../place.js';
import './s3-searches.css';

interface SearchesProps {
  title: string;
  about: string;
  question: 's3' | 's3Access';
  searches: readonly SearchEntry[];
  filters: readonly FilterEntry[];
  /** Names of the filters that are always there. */
  shown: readonly string[];
  /** Fields of a search besides. */
  fieldsOf: (search: SearchEntry) => readonly FormField[];
  options: Place['options'];
  /** True where the index has nothing that could be searched. */
  isWithoutData?: boolean;
  /** What is said where nothing was found. */
  Nothing: ComponentType<{ filters: Options }>;
}

const ORDER: FormField = {
  ...{ name: 'order', label: 'order', value: 'ORDER', isSingle: true },
  description: 'which come first',
  choices: ['newest', 'oldest'],
};

export function SearchesPage(props: SearchesProps) {
  const { title, about, question, searches, filters, shown, fieldsOf, options } = props;
  const { isWithoutData = false, Nothing } = props;
  const search = searches.find(({ name }) => name === first(options, 'name')) ?? searches[0]!;
  const { argument } = search;
  const needed = argument && neededField(argument, filters);
  const others = filters.filter(({ name }) => name !== argument?.option);
  const fields = [
    ...(needed ? [needed] : []),
    ...others.filter(({ name }) => shown.includes(name)),
    ...fieldsOf(search),
    ...(search.groups ? [] : [ORDER]),
  ];
  const more = others.filter(({ name }) => !shown.includes(name));
  const asked = { name: search.name, ...withNumbers(optionsOf([...fields, ...more], options)) };
  const isReady = !argument || first(options, argument.option) !== undefined;
  return (
    <>
      <h1>{title}</h1>
      <p class="about">{about}</p>
      <nav aria-label="Searches">
        <ul class="searches">
          {searches.map(({ name, description }) => (
            <li key={name}>
              <a
                href={addressOf({ page: pageOf(question), options: { ...options, name: [name] } })}
                title={description}
                aria-current={name === search.name ? 'true' : undefined}
              >
                {name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <h2>{search.name}</h2>
      <p>{search.description}</p>
      {isWithoutData ? (
        <Nothing filters={{}} />
      ) : (
        <>
          <SearchForm label={search.name} fields={fields} more={more} options={options} button="Search" />
          {isReady ? (
            <Rows
              question={question}
              search={search}
              options={asked}
              limit={Number(first(options, 'limit') ?? ROWS)}
              filters={optionsOf(
                filters.filter(({ name }) => options[name] !== undefined),
                options,
              )}
              Nothing={Nothing}
            />
          ) : (
            <p class="note">
              {search.name} needs {argument.description}.
            </p>
          )}
        </>
      )}
    </>
  );
}

const pageOf = (question: 's3' | 's3Access'): string => (question === 's3' ? 's3' : 's3-access');

/** What a search cannot do without, first of the fields. */
function neededField(
  { option, description }: NonNullable<SearchEntry['argument']>,
  filters: readonly FilterEntry[],
): FormField {
  const filter = filters.find(({ name }) => name === option);
  return filter
    ? { ...filter, description }
    : { name: option, label: 'access key', value: 'AKIA… or ASIA…', description, isSingle: true };
}

/** A number of milliseconds is one; what is not is for the server to refuse. */
const withNumbers = ({ minMs, ...options }: Options): Options =>
  minMs === undefined ? options : { ...options, minMs: Number(minMs) };

/** Rows at first, and after somebody asked for more. */
const ROWS = 100;
const MOST = 1000;

interface Found {
  rows: Array<Record<string, unknown>>;
  more: boolean;
  spellings?: Spelling[];
}

function Rows({
  question,
  search,
  options,
  limit,
  filters,
  Nothing,
}: Pick<SearchesProps, 'question' | 'Nothing'> & {
  search: SearchEntry;
  options: Options;
  limit: number;
  filters: Options;
}) {
  const { answer, command, error, isWaiting } = useAnswer<Found>(question, { ...options, limit });
  const found = error ? undefined : answer;
  // An eventID is the way to the event, and no column of the search.
  const columns = found?.rows[0]
    ? Object.keys(found.rows[0]).filter(name => name !== EVENT_ID)
    : search.columns;
  return (
    <>
      <ErrorNote error={error} />
      <HiddenNotes spellings={found?.spellings} />
      <div class="result-head">
        <p>
          {found &&
            `${found.rows.length.toLocaleString('en-US')} ${found.rows.length === 1 ? 'row' : 'rows'}`}
          {found?.more && ', and there are more '}
          {found?.more && limit < MOST && (
            <button type="button" class="small" onClick={() => change({ limit: [String(MOST)] })}>
              show {MOST.toLocaleString('en-US')}
            </button>
          )}
        </p>
        {found && found.rows.length > 0 && (
          <p>
            All rows: <Exports question={question} options={options} />
          </p>
        )}
        <Waiting isWaiting={isWaiting} />
      </div>
      <div class={isWaiting ? 'is-old' : undefined}>
        {found && found.rows.length > 0 && (
          <Table label={search.name} columns={columns.map(columnOf(found.rows))} rows={found.rows} />
        )}
        {found && found.rows.length === 0 && <Nothing filters={filters} />}
      </div>
      <CommandLine command={command} />
    </>
  );
}

type Row = Record<string, unknown>;

/** The column that leads to the event of a row. */
const EVENT_ID = 'eventID';

/** The page that a value leads to, by its column in lower case. */
const LINKS: Readonly<Record<string, { page: string; option: string }>> = {
  requestid: { page: 'event', option: 'requestId' },
  ...Object.fromEntries(
    ['userarn', 'requester', 'sourceipaddress', 'source_ip', 'remoteip', 'principalid', 'accesskeyid'].map(
      name => [name, { page: 'who', option: 'identity' }],
    ),
  ),
};

const isNumber = (value: unknown): boolean => typeof value === 'number';

/** The place that a cell leads to: the first one of a row with the id of an event leads there. */
function placeOf(row: Row, name: string, isFirst: boolean): Place | undefined {
  const { [EVENT_ID]: eventId, [name]: value } = row;
  if (isFirst && typeof eventId === 'string') return { page: 'event', options: { eventId: [eventId] } };
  const to = LINKS[name.toLowerCase()];
  if (!to || value === null || value === undefined) return undefined;
  const text = String(value);
  return { page: to.page, options: { [to.option]: [to.option === 'identity' ? identity(text) : text] } };
}

const columnOf =
  (rows: readonly Row[]) =>
  (name: string, i: number): TableColumn<Row> => {
    if (rows.every(row => row[name] === null || isNumber(row[name])) && rows.some(row => isNumber(row[name])))
      return { name, isNumber: true, cell: row => (row[name] as number | null)?.toLocaleString('en-US') };
    return {
      name,
      cell: row => {
        const to = placeOf(row, name, i === 0);
        const cell = /time$/i.test(name) ? <Time value={row[name]} /> : <Cell value={row[name]} />;
        return to ? <a href={addressOf(to)}>{cell}</a> : cell;
      },
    };
  };
