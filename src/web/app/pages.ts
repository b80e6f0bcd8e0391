/** The pages: an entry is all that a new one needs besides its component. */

import type { ComponentType } from 'preact';
import type { PageProps } from './page-props.js';
import { BucketPage } from './pages/bucket.js';
import { EventPage } from './pages/event.js';
import { EventsPage } from './pages/events.js';
import { NotesPage } from './pages/notes.js';
import { SearchPage } from './pages/search.js';
import { SessionPage } from './pages/session.js';
import { StatusPage } from './pages/status.js';
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
  { name: 'status', title: 'Index', isInMenu: true, Component: StatusPage },
  { name: 'search', title: 'Search', isInMenu: true, Component: SearchPage },
  { name: 'notes', title: 'Notes', isInMenu: true, Component: NotesPage },
  { name: 'event', title: 'Event', isInMenu: false, Component: EventPage },
  { name: 'who', title: 'Who', isInMenu: false, Component: WhoPage },
  { name: 'session', title: 'Session', isInMenu: false, Component: SessionPage },
  { name: 'bucket', title: 'Bucket', isInMenu: false, Component: BucketPage },
];
