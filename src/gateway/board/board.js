// The board: one page, without a build. What comes from elsewhere is text, never markup.
import { TEXTS } from './texts.js'

const element = (id) => document.getElementById(id)
const state = { queues: {}, members: {}, callers: {}, calls: {}, isComplete: false }
let me = { may: [], as: null }
let isConnected = false
/** The server's clock may not be this one's: what it says began at most now. */
let isDrawn = false

/** An element with a class and children; text is text. */
function make(name, className, ...children) {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  made.append(...children.map((child) => (child instanceof Node ? child : document.createTextNode(String(child)))))
  return made
}

function lengthOf(sinceMs) {
  const seconds = Math.max(0, Math.floor((Date.now() - sinceMs) / 1000))
  const minutes = Math.floor(seconds / 60)
  const two = (number) => String(number).padStart(2, '0')
  return minutes < 60
    ? `${minutes}:${two(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`
}

/** A time that runs: only its text is changed each second. */
function running(sinceMs) {
  const made = make('time', 'since', lengthOf(sinceMs))
  made.dataset.since = String(sinceMs)
  return made
}

function queueCard(queue) {
  const waiting = Object.values(state.callers).filter((caller) => caller.queue === queue.name)
  const first = Math.min(...waiting.map(({ waitingSince }) => waitingSince))
  const card = make('article', queue.waiting > 0 ? 'card waits' : 'card')
  const facts = make('dl', '')
  const fact = (name, value) => facts.append(make('dt', '', name), make('dd', '', value))
  fact(TEXTS.longest, Number.isFinite(first) ? running(first) : '–')
  fact(TEXTS.serviceLevel, `${Math.round(queue.serviceLevel)} %`)
  fact(TEXTS.answered, queue.completed)
  fact(TEXTS.abandoned, queue.abandoned)
  card.append(make('h3', '', queue.name), make('p', '', make('span', 'big', queue.waiting), ` ${TEXTS.waiting}`), facts)
  return card
}

function memberRow(key, member) {
  const [sign, word] = TEXTS.states[member.state] ?? ['?', member.state]
  const mark = make('span', 'mark', sign)
  mark.ariaHidden = 'true'
  const why = member.state === 'paused' && member.pausedReason !== '' ? `${word}, ${member.pausedReason}` : word
  const row = make(
    'li',
    member.state,
    mark,
    make('span', 'who', `${member.name} · ${member.queue} · ${why}`),
    running(member.since),
  )
  if (me.may.includes('pause') && (me.as === null || me.as === member.interface)) row.append(pauseButton(key, member))
  return row
}

function pauseButton(key, member) {
  const button = make('button', '', member.isPaused ? TEXTS.unpause : TEXTS.pause)
  button.type = 'button'
  button.dataset.key = key
  button.addEventListener('click', () => {
    const path = [member.queue, member.interface].map(encodeURIComponent).join('/')
    void fetch(`api/members/${path}/${member.isPaused ? 'unpause' : 'pause'}`, { method: 'POST', body: '{}' })
  })
  return button
}

function callRow(call) {
  const there = call.parties.filter(({ endedAt }) => endedAt === null)
  const names = [...new Set(there.map(({ name, number, endpoint }) => name || number || endpoint || TEXTS.unknown))]
  const since = Date.parse(call.startedAt)
  return make(
    'li',
    '',
    make('span', 'who', `${names.join(' – ') || TEXTS.unknown} · ${TEXTS.calls[call.status] ?? call.status}`),
    running(since),
  )
}

function fill(id, rows, empty) {
  const focused = document.activeElement?.dataset?.key
  element(id).replaceChildren(...(rows.length === 0 ? [make(id === 'queues' ? 'p' : 'li', 'empty', empty)] : rows))
  // A keyboard stays where it was.
  if (focused !== undefined)
    for (const button of element(id).querySelectorAll('button')) if (button.dataset.key === focused) button.focus()
}

function draw() {
  isDrawn = false
  const byName = (one, other) => one.name.localeCompare(other.name)
  fill('queues', Object.values(state.queues).sort(byName).map(queueCard), TEXTS.nobody)
  const members = Object.entries(state.members).sort(([, one], [, other]) => byName(one, other))
  fill(
    'agents',
    members.map(([key, member]) => memberRow(key, member)),
    TEXTS.nobody,
  )
  fill('calls', Object.values(state.calls).map(callRow), TEXTS.noCalls)
  drawState()
}

function drawState() {
  const isLive = isConnected && state.isComplete
  element('state').textContent = isLive ? TEXTS.live : isConnected ? TEXTS.away : TEXTS.lost
  element('state').className = isLive ? '' : 'stale'
}

function drawSoon() {
  if (!isDrawn) requestAnimationFrame(draw)
  isDrawn = true
}

setInterval(() => {
  for (const each of document.querySelectorAll('[data-since]')) each.textContent = lengthOf(Number(each.dataset.since))
}, 1000)

function follow() {
  const source = new EventSource('api/changes')
  source.addEventListener('open', () => {
    isConnected = true
    drawSoon()
  })
  source.addEventListener('error', async () => {
    isConnected = false
    drawState()
    // A session that is over is refused, and the browser does not try again.
    if (source.readyState === EventSource.CLOSED) setTimeout(begin, 2000)
  })
  source.addEventListener('snapshot', ({ data }) => {
    Object.assign(state, JSON.parse(data))
    isConnected = true
    drawSoon()
  })
  source.addEventListener('patch', ({ data }) => {
    const { changes, isComplete } = JSON.parse(data)
    state.isComplete = isComplete
    for (const { area, key, now } of changes) {
      if (now === null) delete state[area]?.[key]
      else state[area][key] = now
    }
    drawSoon()
  })
}

element('login').addEventListener('submit', async (event) => {
  event.preventDefault()
  const answer = await fetch('api/session', { method: 'POST', body: JSON.stringify({ token: element('token').value }) }).catch(
    () => undefined,
  )
  element('token').value = ''
  if (answer?.ok) await begin()
  else element('refused').textContent = answer?.status === 429 ? TEXTS.tooMany : TEXTS.refused
})

async function begin() {
  document.title = TEXTS.title
  element('state').textContent = TEXTS.connecting
  const answer = await fetch('api/me').catch(() => undefined)
  if (answer === undefined) {
    setTimeout(begin, 2000)
    return
  }
  element('login').hidden = answer.ok
  element('board').hidden = !answer.ok
  if (!answer.ok) {
    element('state').textContent = ''
    element('token').focus()
    return
  }
  me = await answer.json()
  follow()
}

void begin()
