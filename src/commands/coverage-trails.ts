/** `offtrail coverage --trails`: how trails were changed, and which kinds of events can be in these logs because of it. */

import type { Cell } from '../output/cell.js';
import type { TrailHistories } from '../query/coverage/trail-history.js';
import { counted, numberText, print, printRows, printValue, say } from './terminal.js';

type Format = Parameters<typeof printRows>[1];

const CHANGE_COLUMNS = [
  ...['time', 'account', 'trail', 'eventName', 'user', 'sourceIPAddress', 'eventID', 'change'],
];

/** Prints the answer: in a table the changes and what can be in the logs, in JSON both, elsewhere the changes. */
export async function printTrails(answer: TrailHistories, format: Format, most: number): Promise<void> {
  if (format === 'json') await printValue(answer, format);
  else {
    const rows = changeRows(answer);
    const isTable = format === 'table';
    if (rows.length > 0 || !isTable)
      await printRows({ columns: CHANGE_COLUMNS, rows: rows.values() }, format, most);
    if (isTable) await printRecorded(answer, most);
  }
  if (answer.trails.length === 0)
    say(
      'no call that changed a trail is in these logs: what trails record follows from the events that are here',
    );
  if (answer.untimed > 0) say(`left out: ${counted(answer.untimed, 'call')} without a time that can be read`);
  if (answer.unnamed > 0)
    say(
      `left out: ${counted(answer.unnamed, 'call')} that ${answer.unnamed === 1 ? 'does' : 'do'} not say which trail it is about`,
    );
}

const changeRows = ({ trails }: TrailHistories): Cell[][] =>
  trails.flatMap(({ account, name, changes }) =>
    changes.map(({ time, eventName, who, sourceIPAddress, eventId, change }): Cell[] => [
      ...[time, account, name, eventName, who, sourceIPAddress, eventId, change],
    ]),
  );

async function printRecorded({ recorded, trails }: TrailHistories, most: number): Promise<void> {
  const { recordedRows } = await import('../query/coverage/recorded-rows.js');
  const rows = recorded.flatMap(recordedRows);
  if (trails.length > 0 && rows.length > 0) {
    await print('\nwhat is recorded, as these calls tell; a trail that nobody changed is not among them:\n');
    const columns = [
      ...['account', 'kind', 'recorded', 'from', 'to', 'regions', 'events', 'trail', 'said by', 'eventID'],
    ];
    const cells = rows.map((row): Cell[] => [
      ...[row.account, row.kind, row.recorded, row.from, row.to, row.regions],
      ...[row.events === null ? null : numberText(row.events), row.trail],
      ...(row.event ? [`${row.event.eventName} ${row.event.time}`, row.event.eventId] : [null, null]),
    ]);
    await printRows({ columns, rows: cells.values() }, 'table', most);
  }
  const present = recorded.flatMap(one => one.present);
  if (present.length === 0) return;
  await print(`${trails.length > 0 ? '\n' : ''}what is here, and so was recorded:\n`);
  const columns = [
    'account',
    'category',
    'readOnly',
    'eventSource',
    'resourceType',
    'events',
    'first',
    'last',
  ];
  const cells = present.map((kind): Cell[] => [
    ...[kind.account, kind.category, kind.readOnly, kind.eventSource, kind.resourceType],
    ...[numberText(kind.events), kind.first, kind.last],
  ]);
  await printRows({ columns, rows: cells.values() }, 'table', most);
}
