/** Completion scripts for shells, made from the declarations of the commands: nothing of offtrail runs while you type. */

import type { Options } from 'yargs';
import { FILTER_OPTIONS } from './options.js';
import { isGroup, type Verb, type VerbGroup } from './verb.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A word that can stand somewhere, with what it is. */
interface Candidate {
  word: string;
  description: string;
}

/** What can follow a command, or part of one. */
interface Place {
  /** The words before it: `s3 anonymous`; empty for the program itself. */
  path: string;
  /** Commands, or the values of its word; files where there are none and `takesFiles`. */
  words: Candidate[];
  takesFiles: boolean;
  options: Array<Candidate & { values: readonly string[]; takesValue: boolean; takesFile: boolean }>;
}

const FILE_OPTIONS = new Set(['db', 'file']);

/** The script for a shell. */
export function completionScript(shell: Shell, verbs: ReadonlyArray<Verb | VerbGroup>): string {
  const places: Place[] = [
    { path: '', words: verbs.map(candidateOf), takesFiles: false, options: optionsOf({}) },
    ...verbs.flatMap(entry =>
      isGroup(entry)
        ? [
            {
              path: entry.name,
              words: entry.verbs.map(candidateOf),
              takesFiles: false,
              options: optionsOf({}),
            },
            ...entry.verbs.map(verb => placeOf(verb, `${entry.name} ${verb.name}`)),
          ]
        : [placeOf(entry, entry.name)],
    ),
  ];
  return SCRIPTS[shell](places);
}

const candidateOf = ({ name, summary }: Verb | VerbGroup): Candidate => ({
  word: name,
  description: summary,
});

function placeOf({ name, options, hasFilters }: Verb, path: string): Place {
  return {
    path,
    words: name === 'completion' ? SHELLS.map(word => ({ word, description: 'shell' })) : [],
    takesFiles: name === 'ingest',
    options: optionsOf({ ...(hasFilters ? FILTER_OPTIONS : {}), ...options }),
  };
}

function optionsOf(options: Readonly<Record<string, Options>>): Place['options'] {
  const listed = Object.entries(options).filter(([, { hidden }]) => !hidden);
  return [
    ...listed.map(([name, { description = '', type, choices = [], default: preset }]) => ({
      // Only the word that changes something is of use.
      word: type === 'boolean' && preset === true ? `--no-${name}` : `--${name}`,
      description,
      values: choices.map(String),
      takesValue: type !== 'boolean',
      takesFile: FILE_OPTIONS.has(name),
    })),
    { word: '--help', description: 'show this help', values: [], takesValue: false, takesFile: false },
  ];
}

/** Text in single quotes, as every shell here reads it. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const wordsOf = (candidates: readonly Candidate[]): string => candidates.map(({ word }) => word).join(' ');

/** What both bash and zsh do first: find the command among the words before the cursor. */
function commandCases(places: readonly Place[]): string {
  const groups = [...new Set(places.filter(p => p.path.includes(' ')).map(p => p.path.split(' ')[0]!))];
  return `for word in "\${before[@]}"; do
    case $word in
      -*) ;;
      *)
        if [[ -z $place ]]; then place=$word
        elif [[ ${groups.map(name => `$place == ${name}`).join(' || ')} ]]; then place="$place $word"
        fi ;;
    esac
  done`;
}

const SCRIPTS: Readonly<Record<Shell, (places: readonly Place[]) => string>> = {
  bash: places => `# bash completion for offtrail
_offtrail() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} place= word
  local before=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")
  ${commandCases(places)}
  COMPREPLY=()
  case "$place:$prev" in
${places
  .flatMap(({ path, options }) => options.filter(o => o.takesValue).map(o => ({ path, ...o })))
  .map(({ path, word, values, takesFile }) => {
    const reply = takesFile
      ? 'COMPREPLY=($(compgen -f -- "$cur"))'
      : values.length > 0
        ? `COMPREPLY=($(compgen -W ${quoted(values.join(' '))} -- "$cur"))`
        : ':';
    return `    ${quoted(`${path}:${word}`)}) ${reply}; return ;;`;
  })
  .join('\n')}
  esac
  case "$place" in
${places
  .map(({ path, words, options, takesFiles }) => {
    const names = `COMPREPLY=($(compgen -W ${quoted([wordsOf(words), wordsOf(options)].join(' ').trim())} -- "$cur"))`;
    const files = takesFiles ? `; [[ $cur == -* ]] || COMPREPLY=($(compgen -f -- "$cur"))` : '';
    return `    ${quoted(path)}) ${names}${files} ;;`;
  })
  .join('\n')}
  esac
}
complete -o filenames -o bashdefault -F _offtrail offtrail
`,

  zsh: places => {
    const described = (candidates: readonly Candidate[]): string =>
      candidates
        .map(({ word, description }) => quoted(`${word}:${description.replaceAll(':', '\\:')}`))
        .join(' ');
    return `#compdef offtrail
_offtrail() {
  local place= word previous=\${words[CURRENT-1]}
  local -a before candidates values
  before=("\${(@)words[2,CURRENT-1]}")
  ${commandCases(places)}
  case "$place:$previous" in
${places
  .flatMap(({ path, options }) => options.filter(o => o.takesValue).map(o => ({ path, ...o })))
  .map(({ path, word, values, takesFile }) => {
    const reply = takesFile
      ? '_files'
      : values.length > 0
        ? `values=(${values.map(quoted).join(' ')}); _describe value values`
        : '_message value';
    return `    ${quoted(`${path}:${word}`)}) ${reply}; return ;;`;
  })
  .join('\n')}
  esac
  case "$place" in
${places
  .map(
    ({ path, words, options, takesFiles }) =>
      `    ${quoted(path)}) candidates=(${described([...words, ...options])})${takesFiles ? '; _files' : ''} ;;`,
  )
  .join('\n')}
  esac
  _describe offtrail candidates
}
compdef _offtrail offtrail
`;
  },

  fish: places => {
    const lines = places.flatMap(({ path, words, options, takesFiles }) => {
      const [command, sub] = path.split(' ');
      const groupWords = places.find(p => p.path === command)?.words ?? [];
      const condition = !command
        ? '__fish_use_subcommand'
        : sub
          ? `__fish_seen_subcommand_from ${command}; and __fish_seen_subcommand_from ${sub}`
          : groupWords.length > 0
            ? `__fish_seen_subcommand_from ${command}; and not __fish_seen_subcommand_from ${wordsOf(groupWords)}`
            : `__fish_seen_subcommand_from ${command}`;
      const when = `complete -c offtrail -n ${quoted(condition)}`;
      return [
        ...words.map(({ word, description }) => `${when} -f -a ${word} -d ${quoted(description)}`),
        ...(takesFiles ? [`${when} -F`] : []),
        ...options.map(({ word, description, values, takesValue, takesFile }) => {
          const value = takesFile ? ' -r' : takesValue ? ' -x' : '';
          const list = values.length > 0 ? ` -a ${quoted(values.join(' '))}` : '';
          return `${when} -l ${word.slice(2)}${value}${list} -d ${quoted(description)}`;
        }),
      ];
    });
    return `# fish completion for offtrail\ncomplete -c offtrail -f\n${lines.join('\n')}\n`;
  },
};
