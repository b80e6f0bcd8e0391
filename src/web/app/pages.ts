/** The pages: an entry is all that a new one needs besides its component. */

import type { ComponentType } from 'preact';
import type { PageProps } from './page-props.js';
import { EventsPage } from './pages/events.js';
import { StatusPage } from './pages/status.js';

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
  { name: 'status', title: 'Index', isInMenu: true, Component: StatusPage },
];
