// Readers of bytes that come from elsewhere, each with the inputs that cost it most for their size. What they cost is measured by `costOf`.

const NO_LIMIT = 1_000_000_000
const LIMITS = {
  maxLineBytes: NO_LIMIT,
  maxHeaders: NO_LIMIT,
  maxMessageBytes: NO_LIMIT,
  maxOutputBytes: NO_LIMIT,
  maxListEvents: NO_LIMIT,
}
const AGI_LIMITS = { maxEnvironmentBytes: NO_LIMIT, maxReplyBytes: NO_LIMIT }
const ENVIRONMENT = 'agi_network: yes\nagi_request: x\nagi_channel: SIP/1\nagi_version: 22\nagi_accountcode: \nagi_threadid: 1\n'
const transport = { write: () => undefined, close: () => undefined }
const bytesOf = (text) => new TextEncoder().encode(text)
const one = (text) => [bytesOf(text)]
/** As a text comes from a wire: in one piece, not as the rope that `repeat` makes. */
const flat = (text) => new TextDecoder().decode(bytesOf(text))
const byteByByte = (text) => Array.from(bytesOf(text), (byte) => Uint8Array.of(byte))
const filled = (unit) => (size) => unit.repeat(Math.ceil(size / unit.length))
const numbered = (unit) => (size) =>
  Array.from({ length: Math.ceil(size / unit(10).length) }, (_, number) => unit(number)).join('')

/**
 * The readers, over the modules of the library: `name`, `inputs` (what the input is, and how it is made for a size), `prepare`, which turns an input
 * into what is read, and `read`, which is measured.
 */
export function readersOf({ AMIProtocol, AMIServerProtocol, AGIProtocol, router, unescapeValue, parseCallerId, percentDecode }) {
  /** A client that looks at all there is of each message; `actions` wait for their answers. */
  function ami(chunks, { greeting = 'Asterisk Call Manager/11.0.0', actions = [], encoding = 'utf-8', looks = true } = {}) {
    const protocol = new AMIProtocol({ limits: LIMITS, encoding })
    protocol.connectionMade(transport)
    for (const [name, ActionID] of actions) protocol.sendAction(name, { ActionID }).onResult = (answer) => look(answer)
    protocol.registerEventHandler('Hangup', () => undefined)
    if (looks) protocol.registerEventHandler('*', look)
    protocol.unmatchedResponseReceived = look
    protocol.malformedLineReceived = () => undefined
    protocol.dataReceived(bytesOf(`${greeting}\r\n`))
    for (const chunk of chunks) protocol.dataReceived(chunk)
    protocol.connectionLost()
  }

  function look(message) {
    message.get('Nowhere')
    message.get('ChanVariable(Local/a:b)')
    message.getAll('Variable')
    message.chanVariables('a')
    return [message.headers, message.variables, message.toJSON(), [...message.entries()], message.unparsedLines, message.message]
  }

  const event =
    (unit, make = filled(unit)) =>
    (size) =>
      `Event: X\r\n${make(size)}\r\n\r\n`
  const value = (unit) => (size) => `Event: X\r\nX: ${filled(unit)(size)}\r\n\r\n`
  const OLD = { greeting: 'Asterisk Call Manager/2.10.6', actions: [['Command', 'c']] }
  const COMMAND = { actions: [['Command', 'c']] }

  return [
    {
      name: 'AMI, bytes in one piece',
      prepare: one,
      read: (chunks) => ami(chunks),
      inputs: {
        'blank lines': filled('\r\n'),
        'CR and LF in disorder': filled('\r\r\n\n\r'),
        'small messages': filled('a\r\n\r\n'),
        'responses nobody waits for': filled('Response: Success\r\nActionID: 1\r\n\r\n'),
        'no end': filled('Event: X\r\n'),
      },
    },
    {
      name: 'AMI, byte by byte',
      prepare: byteByByte,
      read: (chunks) => ami(chunks),
      inputs: {
        'no end': filled('Event: X\r\n'),
        'one line': filled('x'),
        'a response without ActionID': (size) => `Response: Success\r\n${filled('x')(size)}`,
        'CR and LF in disorder': filled('\r\r\n\n\r'),
      },
    },
    {
      name: 'AMI, headers',
      prepare: one,
      read: (chunks) => ami(chunks),
      inputs: {
        'no colons': event('a\r\n'),
        'colons only': event(':'),
        'lone CRs': value('\r'),
        'lone LFs': value('\n'),
        'parentheses, open': event('(', (size) => `ChanVariable${filled('(')(size)}: x`),
        'parentheses and colons': event('(:'),
        'parentheses and colons, in lines': event('(:\r\n'),
        'parentheses closed behind colons': event('a(:): '),
        'one name': event('Variable: a=b\r\n'),
        'many names': event(
          '',
          numbered((number) => `Name${number}: x\r\n`),
        ),
        'names that are numbers': event(
          '',
          numbered((number) => `${number}: x\r\n`),
        ),
        'variables of many names': event(
          '',
          numbered((number) => `Variable: ${number}=x\r\n`),
        ),
        'equal signs': (size) => `Event: X\r\nVariable: ${filled('=')(size)}\r\n\r\n`,
        'a long name of an event': (size) => `Event: ${filled('Hangup')(size)}\r\n\r\n`,
      },
    },
    {
      name: 'AMI, latin1',
      prepare: one,
      read: (chunks) => ami(chunks, { encoding: 'latin1' }),
      inputs: { 'a value': value('\x7f') },
    },
    {
      name: 'AMI, events nobody wants',
      prepare: one,
      read: (chunks) => ami(chunks, { looks: false }),
      inputs: { 'long names': event('', (size) => `\r\nEvent: ${filled('x')(size)}`), 'small ones': filled('Event: X\r\n\r\n') },
    },
    {
      name: 'AMI, lists',
      prepare: (text) => one(`Response: Success\r\nActionID: L\r\nEventList: start\r\n\r\n${text}`),
      read: (chunks) =>
        ami(chunks, { actions: [['IAXpeers', 'L'], ...Array.from({ length: 50 }, (_, at) => ['Status', `${at}`])] }),
      inputs: {
        items: (size) =>
          `${filled('Event: X\r\nActionID: L\r\n\r\n')(size)}Event: E\r\nActionID: L\r\nEventList: Complete\r\n\r\n`,
        'items without ActionID': filled('Event: PeerEntry\r\n\r\n'),
        'items of others': filled('Event: X\r\nActionID: M\r\n\r\n'),
      },
    },
    {
      name: "AMI, a command's output",
      prepare: (text) => one(`Response: Success\r\nActionID: c\r\n${text}\r\n\r\n`),
      read: (chunks) => ami(chunks, COMMAND),
      inputs: {
        lines: filled('Output: x\r\n'),
        'one line': (size) => `Output: ${filled('\n')(size)}`,
        headers: filled('a:\r\n'),
      },
    },
    {
      name: "AMI, a command's output byte by byte",
      prepare: (text) => byteByByte(`Response: Success\r\nActionID: c\r\n${text}\r\n\r\n`),
      read: (chunks) => ami(chunks, COMMAND),
      inputs: { lines: filled('Output: x\r\n'), 'one line': (size) => `Output: ${filled('\n')(size)}` },
    },
    {
      name: "AMI, an old command's output",
      prepare: (text) => one(`Response: Follows\r\nPrivilege: Command\r\nActionID: c\r\n${text}--END COMMAND--\r\n\r\n`),
      read: (chunks) => ami(chunks, OLD),
      inputs: {
        'blank lines': filled('\r\n'),
        'ends that are none': filled('--END COMMAND--\r\n'),
        headers: filled('Message: x\r\n'),
      },
    },
    {
      name: "AMI, an old command's output byte by byte",
      prepare: (text) => byteByByte(`Response: Follows\r\nActionID: c\r\n${text}--END COMMAND--\r\n\r\n`),
      read: (chunks) => ami(chunks, OLD),
      inputs: { 'blank lines': filled('\r\n'), 'one line': filled('x') },
    },
    {
      name: 'AMI, actions as a server',
      prepare: one,
      read(chunks) {
        const server = new AMIServerProtocol()
        server.connectionMade(transport)
        server.actionReceived = (action) => [action.variables, action.toJSON()]
        for (const chunk of chunks) server.dataReceived(chunk)
      },
      inputs: {
        'small ones': filled('Action: X\n\n'),
        'no line end': filled('x'),
        variables: filled('Action: X\r\nVariable: a=b,c="(,[\\,\r\n\r\n'),
        spaces: filled(`Action: X\r\nX: ${' '.repeat(900)}x\r\n\r\n`),
      },
    },
    {
      name: 'unescapeValue',
      prepare: flat,
      read: (text) => unescapeValue(text).charCodeAt(0),
      inputs: { backslashes: filled('\\'), 'escaped backslashes': filled('\\\\n'), 'no escapes': filled('x') },
    },
    {
      name: 'a caller',
      prepare: flat,
      read(text) {
        const { name, number } = parseCallerId(text)
        return name.charCodeAt(0) + number.charCodeAt(0)
      },
      inputs: {
        blanks: filled(' '),
        'blanks between letters': (size) => `a${filled(' ')(size)}b`,
        quotes: filled('"'),
        brackets: filled('<'),
        digits: filled('1-'),
        backslashes: (size) => `"${filled('\\')(size)}"`,
      },
    },
    {
      name: 'AGI, environment',
      prepare: one,
      read: (chunks) => agi([bytesOf('agi_network: yes\nagi_request: x\nagi_version: 22\n'), ...chunks]),
      inputs: {
        'a value of many lines': filled('x\n'),
        'blank lines': filled('\n'),
        'new names': numbered((number) => `agi_x${number}: y\n`),
        arguments: (size) => `agi_threadid: 1\n${numbered((number) => `agi_arg_${number + 1}: y\n`)(size)}`,
        'a name': (size) => `agi_${filled('x')(size)}!: y\n`,
      },
    },
    {
      name: 'AGI, environment byte by byte',
      prepare: byteByByte,
      read: (chunks) => agi([bytesOf('agi_network: yes\nagi_request: x\n'), ...chunks]),
      inputs: { 'one line': filled('x'), 'lines of one value': filled('x\n') },
    },
    {
      name: 'AGI, an answer',
      prepare: one,
      read: (chunks) => agi([bytesOf(`${ENVIRONMENT}\n`), ...chunks]),
      inputs: {
        letters: (size) => `200 result=0 ${filled('a')(size)}\n`,
        'letters behind a value': (size) => `200 result=1 (x) ${filled('a')(size)}\n`,
        'equal signs': (size) => `200 result=0 ${filled('a=')(size)}\n`,
        quotes: (size) => `200 result=0 ${filled('a="')(size)}\n`,
        fields: (size) => `200 result=0 ${numbered((number) => `a${number}=1 `)(size)}\n`,
        blanks: (size) => `200 result=0 ${filled(' ')(size)}x\n`,
        result: (size) => `200 result=${filled('1')(size)}\n`,
        parentheses: (size) => `200 result=1 (${filled(') (')(size)}\n`,
        'no answer': (size) => `${filled('x')(size)}\n`,
        'lines that are none': filled('\n'),
        'provisional answers': filled('100 x\n'),
        'notices of a hangup': filled('HANGUP\n'),
      },
    },
    {
      name: 'AGI, an answer line by line',
      prepare: (text) => text.split(/(?<=\n)/).map(bytesOf),
      read: (chunks) => agi([bytesOf(`${ENVIRONMENT}\n`), ...chunks]),
      inputs: {
        'a value': (size) => `200 result=1 (${filled('x\n')(size)}`,
        'a value that may end at each line': (size) => `200 result=1 (x\n${filled('x)y\n')(size)}`,
        'a value and notices of a hangup': (size) => `200 result=1 (x\n${filled('HANGUP\n')(size)}x`,
        usage: (size) => `520-Invalid\n${filled('x\n')(size)}`,
        'usage that may end at each line': (size) => `520-Invalid\n${filled('520\n')(size)}`,
      },
    },
    {
      name: 'AGI, an answer byte by byte',
      prepare: byteByByte,
      read: (chunks) => agi([bytesOf(`${ENVIRONMENT}\n`), ...chunks]),
      inputs: { 'one line': filled('x'), 'blank lines': filled('\n'), 'a value': (size) => `200 result=1 (${filled('x')(size)}` },
    },
    {
      name: 'AGI, what answers nothing',
      prepare: (text) => text.split(/(?<=\n)/).map(bytesOf),
      read: (chunks) => agi([bytesOf(`${ENVIRONMENT}\n`), ...chunks], false),
      inputs: { lines: filled('x\n'), 'blank lines': filled('\n'), 'beginnings of a notice': filled('HANG') },
    },
    {
      name: 'AGI, percent signs',
      prepare: flat,
      read: percentDecode,
      inputs: { escapes: filled('%41'), 'percent signs': filled('%'), letters: filled('x') },
    },
    {
      name: 'AGI, the path of a URL',
      prepare: flat,
      read: (path) => router.match(path),
      inputs: {
        slashes: filled('/'),
        parts: filled('a/'),
        'one part': filled('a'),
        'question marks': filled('?'),
        query: (size) => `a?${filled('name=a%20value&')(size)}`,
        escapes: filled('%41%'),
      },
    },
  ]

  /** A script's side with one command out, or none. */
  function agi(chunks, waits = true) {
    const protocol = new AGIProtocol({ limits: AGI_LIMITS })
    protocol.connectionMade(transport)
    const handler = waits ? protocol.sendCommand('NOOP') : undefined
    for (const chunk of chunks) protocol.dataReceived(chunk)
    protocol.connectionLost()
    if (handler !== undefined) handler.onException = () => undefined
  }
}

const SMALL = 10_000
const LARGE = 100_000
/** What takes longer than this is not measured again. */
const TOO_LONG_MS = 1_000

/**
 * What an input of 100 KB costs in CPU time, and one of 10 KB, in ms, and how many times as much: the median of some rounds. In each both are read one
 * after the other, so that what else the machine does falls on both; and both read the same number of bytes: else the small one would end before the
 * memory that it left behind is collected, and the large one would not. Only the young generation is collected between them: a whole collection throws
 * away compiled code whose classes have no living instance, and the large input would be read, once, by code that is not compiled yet.
 */
export function costOf({ prepare, read }, input, rounds = 9, roundMs = 30) {
  const small = prepare(input(SMALL))
  const large = prepare(input(LARGE))
  let times = 1
  const measured = []
  for (let round = 0; round <= rounds; round += 1) {
    const cost = {
      small: cpuMsOf(read, small, times * (LARGE / SMALL)),
      large: cpuMsOf(read, large, times),
    }
    const ratio = cost.large / Math.max(cost.small, 1e-6)
    // What is so slow is told from one round. Else the first warms up, and tells how many times a round must read.
    if (cost.large * times > TOO_LONG_MS) return { ...cost, ratio }
    if (round === 0) times = Math.max(1, Math.ceil(roundMs / Math.max(cost.large, 0.01)))
    else measured.push({ ...cost, ratio })
  }
  return measured.sort((a, b) => a.ratio - b.ratio)[Math.floor(measured.length / 2)]
}

function cpuMsOf(read, prepared, times) {
  globalThis.gc?.({ type: 'minor' })
  const began = process.cpuUsage()
  for (let time = 0; time < times; time += 1) read(prepared)
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1000 / times
}
