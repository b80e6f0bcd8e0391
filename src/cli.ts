#!/usr/bin/env node
/** The process around a command line: its pipe and its exit code. The only place that ends the process. */

import { runCommandLine } from './commands/command-line.js';
import { EXIT, sayError } from './commands/terminal.js';

// A reader that has seen enough (`| head`) closes the pipe: that is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  sayError(error);
  process.exit(EXIT.failed);
});

void runCommandLine(process.argv.slice(2)).then(code => {
  process.exitCode = code;
});
