/** The pages: an entry is all that a new one needs besides its component. */

import type { ComponentType } from 'preact';
import type { PageProps } from './page-props.js';
import { CoveragePage } from './pages/coverage.js';
import { EventsPage } from './pages/events.js';
import { KeyUsagePage } from './pages/key-usage.js';
import { MetricsPage } from './pages/metrics.js';
import { S3Page } from './pages/s3.js';
import { S3AccessPage } from './pages/s3-access.js';
import { SqlPage } from './pages/sql.js';
import { StatusPage } from './pages/status.js';
import { VerifyPage } from './pages/verify.js';

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
  { name: 's3', title: 'S3 searches', isInMenu: true, Component: S3Page },
  { name: 's3-access', title: 'Access logs', isInMenu: true, Component: S3AccessPage },
  { name: 'sql', title: 'SQL', isInMenu: true, Component: SqlPage },
  { name: 'coverage', title: 'Coverage', isInMenu: true, Component: CoveragePage },
  { name: 'metrics', title: 'Metrics', isInMenu: true, Component: MetricsPage },
  { name: 'verify', title: 'Verify', isInMenu: true, Component: VerifyPage },
  { name: 'key-usage', title: 'Key usage', isInMenu: true, Component: KeyUsagePage },
  { name: 'status', title: 'Index', isInMenu: true, Component: StatusPage },
];
