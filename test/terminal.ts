/** The built command on a terminal of its own, with Python's pty. */

import { spawnSync } from 'node:child_process';
import { CLI } from './support.js';

const ON_TERMINAL = `
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', int(sys.argv[2]), int(sys.argv[1]), 0, 0))
    os.execvp(sys.argv[3], sys.argv[3:])
while True:
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    sys.stdout.buffer.write(data)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

export const hasPython = spawnSync('python3', ['-c', 'import pty']).status === 0;

/**
 * @param size columns and rows of the terminal
 * @param env above this process's own. A busy machine gives the pager what would fit, and less writes lines
 * in its own way: a test that compares lines passes `--no-pager`.
 */
export function onTerminal(
  { columns, rows = 30 }: { columns: number; rows?: number },
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { code: number | null; text: string } {
  const ran = spawnSync(
    'python3',
    ['-c', ON_TERMINAL, String(columns), String(rows), process.execPath, CLI, ...args],
    { encoding: 'utf8', env: { ...process.env, TERM: 'xterm', CI: '', ...env } },
  );
  return { code: ran.status, text: ran.stdout.replaceAll('\r', '') };
}
