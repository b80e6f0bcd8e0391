/** A thread that reads files again, for their hashes alone. */

import { parentPort } from 'node:worker_threads';
import { hashLogFile } from '../read/file.js';
import type { HashAnswer, HashTask } from './reread.js';

const port = parentPort!;
let queue = Promise.resolve();

async function run(task: HashTask): Promise<void> {
  const answers: HashAnswer['files'] = [];
  for (const { id, path } of task) {
    const { sha256, damage } = await hashLogFile(path, 0);
    answers.push({ id, sha256: sha256 || null, damage: damage || null });
  }
  port.postMessage({ files: answers } satisfies HashAnswer);
}

port.on('message', (task: HashTask) => {
  queue = queue.then(() => run(task));
  // A defect of ours must end the run, not lose a task.
  queue.catch(error => {
    setImmediate(() => {
      throw error;
    });
  });
});
