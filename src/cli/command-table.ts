import type { Command } from './command.js'

/** A command as the list of all of them has it; what it needs is loaded only when it is used. */
export interface CommandEntry {
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** Every command by its name, in the order in which the help has them. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  doctor: {
    summary: 'find out why the manager does not answer, or why nothing arrives',
    load: async () => (await import('./commands/doctor.js')).doctor,
  },
  conf: {
    summary: 'print an account for manager.conf with the least rights',
    load: async () => (await import('./commands/conf.js')).conf,
  },
  events: {
    summary: 'print events as they come',
    load: async () => (await import('./commands/events.js')).events,
  },
  calls: {
    summary: 'print the calls that live, or follow all calls',
    load: async () => (await import('./commands/calls.js')).calls,
  },
  action: {
    summary: 'send an action and print its answer',
    load: async () => (await import('./commands/action.js')).action,
  },
  command: {
    summary: "run a command of Asterisk's console",
    load: async () => (await import('./commands/command.js')).command,
  },
  call: {
    summary: 'connect two parties',
    load: async () => (await import('./commands/call.js')).call,
  },
  record: {
    summary: 'record what a server says, for tests',
    load: async () => (await import('./commands/record.js')).record,
  },
  replay: {
    summary: 'play a recording to programs, as a server',
    load: async () => (await import('./commands/replay.js')).replay,
  },
  completion: {
    summary: 'print what completes commands in bash or zsh',
    load: async () => (await import('./commands/completion.js')).completion,
  },
}
