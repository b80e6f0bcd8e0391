#!/usr/bin/env node
/** The command line: one catch, and the exit code. The only place that ends the process. */

import { EXIT, sayError } from './commands/terminal.js';
import { printVersion } from './commands/version.js';

/** What `offtrail` alone says. */
const FIRST_COMMANDS = `Search downloaded AWS CloudTrail logs on your own machine, without a network.

  offtrail ingest ./AWSLogs          index log files; the first thing to do
  offtrail status                    what the index holds
  offtrail search 203.0.113.77       every event in which a text occurs
  offtrail events --user ana         the Event history, filtered
  offtrail who AKIAIOSFODNN7EXAMPLE  one identity: what it is and what it did
  offtrail top service event-name    what happened most often
  offtrail s3 anonymous              S3 requests without credentials

offtrail --help lists all commands, offtrail help <command> explains one.
`;

/** The words that ask for the version: nothing else need be loaded for them. */
const VERSION_WORDS = new Set(['--version', '-v', '--verbose']);

async function main(argv: readonly string[]): Promise<number> {
  try {
    if (argv.length === 0) {
      process.stderr.write(FIRST_COMMANDS);
      return EXIT.failed;
    }
    if (argv.every(word => VERSION_WORDS.has(word)) && argv.some(word => word !== '--verbose'))
      return await printVersion(argv.includes('--verbose'));
    const { runWords } = await import('./commands/parser.js');
    return await runWords(argv);
  } catch (error) {
    sayError(error);
    return EXIT.failed;
  }
}

// A reader that has seen enough (`| head`) closes the pipe: that is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  sayError(error);
  process.exit(EXIT.failed);
});

void main(process.argv.slice(2)).then(code => {
  process.exitCode = code;
});
