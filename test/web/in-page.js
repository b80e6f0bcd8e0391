// What the tests of hostile text ask in the page itself: functions that find what must not be there.

globalThis.inPage = {
  /** What of a page is not the page's own: elements, attributes, links elsewhere, and parameters that a value brought in. */
  foreign() {
    const found = new Set();
    for (const element of document.querySelectorAll('*')) {
      const name = element.localName;
      if (name === 'script' && element.getAttribute('src') !== '/app.js') found.add('script');
      if (/^(img|iframe|object|embed|base|audio|video|source|portal|frame|applet|marquee)$/.test(name))
        found.add(name);
      for (const { name: attribute, value } of element.attributes) {
        if (/^on|^(srcdoc|action|formaction|background|ping)$/.test(attribute))
          found.add(`${name} ${attribute}`);
        if (/^(href|src|xlink:href)$/.test(attribute)) {
          const { protocol, origin, searchParams } = new URL(value, location.href);
          if (origin !== location.origin && !/^(data|blob):$/.test(protocol)) found.add(`${name} ${value}`);
          if (searchParams.getAll('user').includes('injected')) found.add(`parameter in ${value}`);
          if (value.includes('#injected')) found.add(`fragment in ${value}`);
        }
      }
    }
    if ('hacked' in window) found.add('a script ran');
    for (const name in {}) found.add(`Object.prototype.${name}`);
    return [...found];
  },

  /** What is shown, or read out, and hides or reorders text. */
  unseen() {
    const unsafe =
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]|[\u{e0000}-\u{e01ef}]/u;
    const found = new Set();
    const note = (where, text) => {
      if (text && unsafe.test(text)) found.add(`${where}: ${JSON.stringify(text.slice(0, 60))}`);
    };
    note('title', document.title);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { parentElement: parent, nodeValue } = walker.currentNode;
      // What somebody edits must be what it is.
      if (parent.localName === 'textarea') continue;
      note(parent.localName, nodeValue);
      // Letters that are written from the right stand apart from what is around them.
      if (/[\u0590-\u06ff]/.test(nodeValue) && !parent.closest('bdi, code, pre, option'))
        found.add(`not isolated: ${nodeValue.slice(0, 60)}`);
    }
    for (const element of document.querySelectorAll('*'))
      for (const name of ['title', 'aria-label', 'aria-description', 'placeholder', 'alt', 'download'])
        note(`${element.localName} ${name}`, element.getAttribute(name));
    return [...found];
  },
};
