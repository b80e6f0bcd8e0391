// Runs command lines of the built command in a thread, one after the other: what a process of its own would print and
// return, without the tenth of a second to a half that starting one costs. `test/support.ts` asks it, and waits.
import { Console } from 'node:console';
import { createRequire } from 'node:module';
import { Readable, Writable } from 'node:stream';
import { inspect } from 'node:util';
import { workerData } from 'node:worker_threads';

const { command, cli, signal, port } = workerData;
const { runCommandLine } = createRequire(import.meta.url)(command);
const bell = new Int32Array(signal);
const { env } = process;

/** What is written to it, as one text. It is no terminal. */
class Written extends Writable {
  #pieces = [];
  // A pipe takes everything as well, and at once: a command never sees its output late.
  write(chunk, encoding, done) {
    this.#pieces.push(typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : Buffer.from(chunk));
    const after = typeof encoding === 'function' ? encoding : done;
    if (after) process.nextTick(after);
    return true;
  }
  text() {
    return Buffer.concat(this.#pieces).toString('utf8');
  }
}

let stdout;
let stderr;
function answer(code, isBroken = false) {
  port.postMessage({ code, stdout: stdout.text(), stderr: stderr.text(), isBroken });
  Atomics.store(bell, 0, 1);
  Atomics.notify(bell, 0);
}

/** What ends a process ends this thread: the next command starts in a new one. */
function crash(error) {
  stderr.write(`${inspect(error)}\n`);
  answer(1, true);
}
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);
process.exit = code => {
  answer(Number(code ?? process.exitCode ?? 0), true);
  throw new Error('the command has ended its process');
};

port.on('message', async ({ args, more }) => {
  stdout = new Written();
  stderr = new Written();
  Object.defineProperties(process, {
    stdin: { value: Readable.from([]), configurable: true },
    stdout: { value: stdout, configurable: true },
    stderr: { value: stderr, configurable: true },
    env: { value: { ...env, ...more }, configurable: true, writable: true },
  });
  // yargs prints its help by it.
  globalThis.console = new Console({ stdout, stderr });
  process.argv = [process.execPath, cli, ...args];
  answer(await runCommandLine(args));
});
