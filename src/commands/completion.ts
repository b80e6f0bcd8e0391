/** `offtrail completion <shell>`: a script that completes commands, options and their values. */

import { UsageError } from '../errors.js';
import { unknownWord } from './suggestion.js';
import { EXIT, print } from './terminal.js';
import { type Verb, type VerbGroup, verb } from './verb.js';

/** @param verbs the list of commands, which has this one in it */
export const completionOf = (verbs: () => ReadonlyArray<Verb | VerbGroup>): Verb =>
  verb({
    name: 'completion',
    words: { name: 'shell', description: 'bash, zsh or fish' },
    summary: 'print a script that completes commands, options and values in your shell',
    description: 'Print a script that completes commands, options and values in your shell.',
    notes: [
      'bash: put eval "$(offtrail completion bash)" into ~/.bashrc. zsh: put eval "$(offtrail completion zsh)" into ~/.zshrc, after compinit. fish: offtrail completion fish > ~/.config/fish/completions/offtrail.fish',
    ],
    examples: [
      ['eval "$(offtrail completion bash)"', 'in this shell, from now on'],
      ['offtrail completion fish > ~/.config/fish/completions/offtrail.fish', 'for fish'],
    ],
    options: {},
    async run({ words }) {
      const { completionScript, SHELLS } = await import('./completion-scripts.js');
      const shell = SHELLS.find(name => name === words[0]);
      if (shell === undefined)
        throw new UsageError('BAD_ARGUMENTS', unknownWord('shell', words[0]!, SHELLS), SHELLS.join(', '));
      await print(completionScript(shell, verbs()));
      return EXIT.ok;
    },
  });
