import { expect, inject, it } from 'vitest';
import { describeInBrowser, openTab, serve } from './browser.js';

describeInBrowser('the page', () => {
  it('opens by the link that the command prints', async () => {
    const served = await serve(inject('sampleIndex'));
    const tab = await openTab(served, { path: '/status' });
    await tab.getByRole('heading', { name: 'Index' }).waitFor();
    expect(await tab.title()).toBe('Index – offtrail');
  });
});
