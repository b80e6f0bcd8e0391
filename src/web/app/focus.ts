/** The focus where what had it goes away, with a page, a filter or a row: whoever uses the keys goes on nearby. */

/** What the keys come to. */
const CONTROLS = 'a[href], button, input, select, textarea, summary';

/**
 * Moves the focus of an element that was taken out of the page: to the one that has its id now; else to the box around it
 * that the keys scroll; else to the first control of what is left of its surroundings, or to the content as a whole.
 */
export function holdFocus(app: Element): void {
  let last: Element | undefined;
  let around: readonly Element[] = [];
  app.addEventListener('focusin', ({ target }) => {
    last = target as Element;
    around = parentsOf(last);
  });
  new MutationObserver(() => {
    if (!last || last.isConnected || document.activeElement !== document.body) return;
    const next = (last.id !== '' && document.getElementById(last.id)) || nextIn(around);
    last = undefined;
    next?.focus({ preventScroll: true });
  }).observe(app, { childList: true, subtree: true });
}

function parentsOf(element: Element): Element[] {
  const { parentElement } = element;
  return parentElement ? [parentElement, ...parentsOf(parentElement)] : [];
}

function nextIn(around: readonly Element[]): HTMLElement | undefined {
  const left = around.filter(({ isConnected }) => isConnected);
  const box = left.find(element => element.matches('[tabindex="0"]'));
  if (box) return box as HTMLElement;
  for (const element of left) {
    if (element.matches('main')) return element as HTMLElement;
    const control = [...element.querySelectorAll<HTMLElement>(CONTROLS)].find(
      ({ tabIndex }) => tabIndex >= 0,
    );
    if (control?.checkVisibility()) return control;
  }
  return undefined;
}
