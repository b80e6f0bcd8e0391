/** The pages: an entry is all that a new one needs besides its component. */

import type { ComponentType } from 'preact';
import type { PageProps } from './page-props.js';
import { BucketPage } from './pages/bucket.js';
import { CoveragePage } from './pages/coverage.js';
import { EventPage } from './pages/event.js';
import { EventsPage } from './pages/events.js';
import { KeyUsagePage } from './pages/key-usage.js';
import { MetricsPage } from './pages/metrics.js';
import { NotesPage } from './pages/notes.js';
import { S3Page } from './pages/s3.js';
import { S3AccessPage } from './pages/s3-access.js';
import { SearchPage } from './pages/search.js';
import { SessionPage } from './pages/session.js';
import { SqlPage } from './pages/sql.js';
import { StatusPage } from './pages/status.js';
import { VerifyPage } from './pages/verify.js';
import { WhoPage } from './pages/who.js';

export interface PageEntry {
  /** Its path. */
  name: string;
  title: string;
  /** Whether the menu has it; others are reached by links. */
  isInMenu: boolean;
  Component: ComponentType<PageProps>;
}

export const PAGES: readonly PageEntry[] = [
  { name: 'events', title: 'Event history', isInMenu: true, Component: EventsPage },
  { name: 'search', title: 'Search', isInMenu: true, Component: SearchPage },
  { name: 's3', title: 'S3 searches', isInMenu: true, Component: S3Page },
  { name: 's3-access', title: 'Access logs', isInMenu: true, Component: S3AccessPage },
  { name: 'sql', title: 'SQL', isInMenu: true, Component: SqlPage },
  { name: 'coverage', title: 'Coverage', isInMenu: true, Component: CoveragePage },
  { name: 'metrics', title: 'Metrics', isInMenu: true, Component: MetricsPage },
  { name: 'verify', title: 'Verify', isInMenu: true, Component: VerifyPage },
  { name: 'key-usage', title: 'Key usage', isInMenu: true, Component: KeyUsagePage },
  { name: 'notes', title: 'Notes', isInMenu: true, Component: NotesPage },
  { name: 'status', title: 'Index', isInMenu: true, Component: StatusPage },
  { name: 'event', title: 'Event', isInMenu: false, Component: EventPage },
  { name: 'who', title: 'Who', isInMenu: false, Component: WhoPage },
  { name: 'session', title: 'Session', isInMenu: false, Component: SessionPage },
  { name: 'bucket', title: 'Bucket', isInMenu: false, Component: BucketPage },
];
