// A fake virtual machine, because a real one needs KVM and an image: a process, and a control socket that answers as
// systemd-vmspawn's does (io.systemd.MachineInstance) and writes down what it was asked. What starts it registers it.
//   node test/support/fake-vm.mjs SOCKET FILE
import { appendFileSync, chmodSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

const [socket = '', asked = ''] = process.argv.slice(2);
let running = true;

/** The reply to a method; apart from replying, a virtual machine only exits. */
const methods = {
  Pause: () => {
    running = false;
  },
  Resume: () => {
    running = true;
  },
  Describe: () => ({ running, status: running ? 'running' : 'paused' }),
  PowerOff: () => {
    setImmediate(() => process.exit());
  },
  Terminate: () => {
    setImmediate(() => process.exit());
  },
  Reboot: () => {},
};

// Varlink: JSON objects, each followed by a NUL byte.
const server = createServer((connection) => {
  let rest = '';
  connection.on('error', () => {});
  connection.on('data', (data) => {
    const messages = (rest + data).split('\0');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const { method } = JSON.parse(message),
        [, name] = /^io\.systemd\.MachineInstance\.(\w+)$/.exec(method) ?? [];
      appendFileSync(asked, `${method}\n`);
      const reply = Object.hasOwn(methods, name)
        ? { parameters: methods[name]() ?? {} }
        : { error: 'org.varlink.service.MethodNotFound', parameters: { method } };
      connection.write(`${JSON.stringify(reply)}\0`);
    }
  });
});
rmSync(socket, { force: true });
writeFileSync(asked, '');
server.listen(socket, () => chmodSync(socket, 0o644)); // as systemd v262 vmspawn-varlink.c has it: other users are denied to write to it
