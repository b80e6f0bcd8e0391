/** One command line, from its words to its exit code. */

import { EXIT, sayError } from './terminal.js';
import { printVersion } from './version.js';

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

/**
 * Runs a command line and says what went wrong.
 * @param argv the words after the program's name
 * @returns the exit code
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  try {
    if (argv.length === 0) {
      process.stderr.write(FIRST_COMMANDS);
      return EXIT.failed;
    }
    if (argv.every(word => VERSION_WORDS.has(word)) && argv.some(word => word !== '--verbose'))
      return await printVersion(argv.includes('--verbose'));
    const { runWords } = await import('./parser.js');
    return await runWords(argv);
  } catch (error) {
    sayError(error);
    return EXIT.failed;
  }
}
