'use strict';

const API = '/phone/api';
const CHOSEN = 'assent.phone';
const BEHAVIOURS = {
  delivered: ['takes messages', 'A delivered receipt follows within a second.'],
  slow: ['is slow', 'The provider takes the message at once but answers after 5 seconds.'],
  no_receipt: ['sends no receipts', 'The message arrives; nobody says so.'],
  undelivered: ['is unreachable (30003)', 'The provider reports undelivered.'],
  landline: ['is a landline (30006)', 'The provider reports that it cannot take texts.'],
  opted_out: ['is blocked at the carrier (21610)', 'The provider refuses the message.'],
  too_many: ['meets a busy provider (429)', 'The provider asks to come back later.'],
  server_error: ['meets a broken provider (500)', 'The provider fails.'],
};
const STATES = {
  queued: 'queued',
  sent: 'on its way',
  delivered: 'delivered',
  undelivered: 'not delivered',
  failed: 'failed',
};

const at = (id) => document.getElementById(id);
const state = { phones: [], senders: [], chosen: null, sender: null, last: 0 };

async function call(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(API + path, options);
  const content = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error(content.detail || `The stack answered ${answer.status}.`);
  return content;
}

const pathOf = (number) => `/phones/${encodeURIComponent(number)}`;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function initials(name) {
  const letters = name.match(/\p{L}/gu);
  return letters ? letters[0].toUpperCase() : '#';
}

// The list of phones

async function showPhones() {
  const { phones, senders } = await call('GET', '/phones');
  state.phones = phones;
  state.senders = senders;
  if (!phones.some((phone) => phone.number === state.chosen)) {
    const kept = localStorage.getItem(CHOSEN);
    const first = phones.find((phone) => phone.number === kept) || phones[0];
    state.chosen = first ? first.number : null;
    state.last = 0;
  }
  const known = new Map([...at('phones').children].map((row) => [row.dataset.number, row]));
  at('phones').replaceChildren(
    ...phones.map((phone) => phoneRow(known.get(phone.number), phone)),
  );
  showSender();
  showChosen();
}

function phoneRow(existing, phone) {
  const row = existing || newRow(phone.number);
  const current = phone.number === state.chosen;
  const unread = current ? 0 : phone.unread;
  const button = row.firstElementChild;
  button.setAttribute('aria-current', String(current));
  row.querySelector('.face').textContent = initials(phone.name);
  row.querySelector('.phone-name').textContent = phone.name;
  const calling = window.assentCalls.summary(phone.call);
  button.toggleAttribute('data-ringing', phone.call?.status === 'ringing');
  row.querySelector('.phone-last').textContent =
    calling || (phone.last ? phone.last.text : phone.shown);
  const badge = row.querySelector('.badge');
  badge.hidden = unread === 0;
  badge.querySelector('[aria-hidden]').textContent = unread > 99 ? '99+' : String(unread);
  badge.querySelector('.unseen').textContent = unread ? `${unread} unread` : '';
  return row;
}

function newRow(number) {
  const row = element('li');
  row.dataset.number = number;
  const button = element('button', 'phone');
  button.type = 'button';
  const face = element('span', 'face');
  face.setAttribute('aria-hidden', 'true');
  const badge = element('span', 'badge');
  const count = element('span');
  count.setAttribute('aria-hidden', 'true');
  badge.append(count, element('span', 'unseen'));
  button.append(face, element('span', 'phone-name'), badge, element('span', 'phone-last'));
  button.addEventListener('click', () => choose(number));
  row.append(button);
  return row;
}

function choose(number) {
  state.chosen = number;
  state.last = 0;
  localStorage.setItem(CHOSEN, number);
  at('messages').replaceChildren();
  showPhones()
    .then(() => {
      const row = [...at('phones').children].find((one) => one.dataset.number === number);
      row?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    })
    .then(showThread)
    .catch(report);
}

// The phone

function showSender() {
  if (!state.senders.some((one) => one.address === state.sender)) {
    state.sender = state.senders.length ? state.senders[0].address : null;
  }
  const several = state.senders.length > 1;
  const select = at('sender');
  select.hidden = !several;
  at('with-name').hidden = several;
  select.replaceChildren(
    ...state.senders.map((one) => {
      const option = element('option', '', `${one.name} ${one.shown}`);
      option.value = one.address;
      option.selected = one.address === state.sender;
      return option;
    }),
  );
  const sender = state.senders.find((one) => one.address === state.sender);
  at('avatar').textContent = sender ? initials(sender.name) : '?';
  at('dial').disabled = !sender;
  at('dial').setAttribute('aria-label', sender ? `Call ${sender.name}` : 'Call');
  at('with-name').textContent = sender ? sender.name : 'No sender yet';
  at('with-number').textContent = sender ? sender.shown : '';
}

function showChosen() {
  const phone = state.phones.find((one) => one.number === state.chosen);
  at('device').hidden = !phone;
  at('settings').hidden = !phone;
  if (!phone) return;
  at('owner').textContent = `${phone.name}’s phone`;
  at('own-number').textContent = phone.shown;
  const kind = phone.behaviour.kind;
  at('behaviour').value = kind;
  at('behaviour-hint').textContent = BEHAVIOURS[kind][1];
  window.assentCalls.show(phone);
}

async function showThread() {
  const number = state.chosen;
  if (!number) return;
  const [{ messages }, { calls }] = await Promise.all([
    call('GET', `${pathOf(number)}/messages`),
    call('GET', `${pathOf(number)}/calls`),
  ]);
  if (number !== state.chosen) return; // another phone was chosen meanwhile
  const log = at('log');
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  const list = at('messages');
  const known = new Map([...list.children].map((row) => [row.dataset.id, row]));
  const fresh = messages.filter((message) => !known.has(String(message.id)));
  const rows = [
    ...messages.map((message) => [message.at, messageRow(known, message)]),
    ...calls.map((one) => [one.started_at, window.assentCalls.row(known, one)]),
  ];
  rows.sort(([one], [other]) => one - other);
  rows.forEach(([, row], index) => {
    // Only what is new or out of place moves, so that nothing loses its focus.
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] || null);
  });
  at('empty').hidden = rows.length > 0;
  if (rows.length > known.size && (atEnd || state.last === 0)) log.scrollTop = log.scrollHeight;
  if (messages.length) state.last = messages[messages.length - 1].id;
  if (fresh.some((message) => message.incoming) && document.visibilityState === 'visible') {
    await call('POST', `${pathOf(number)}/read`);
  }
}

function messageRow(known, message) {
  const row = known.get(String(message.id)) || newMessage(message);
  row.querySelector('.meta').textContent = meta(message);
  row.toggleAttribute('data-bad', isBad(message));
  return row;
}

function newMessage(message) {
  const row = element('li', 'message');
  row.dataset.id = String(message.id);
  if (state.last) row.dataset.new = '';
  if (!message.incoming) row.dataset.mine = '';
  const who = element('span', 'unseen', message.incoming ? 'Received: ' : 'You: ');
  const bubble = element('p', 'bubble');
  bubble.append(who, message.body);
  row.append(bubble, element('p', 'meta'));
  return row;
}

function isBad(message) {
  return ['undelivered', 'failed'].includes(message.status);
}

function meta(message) {
  const parts = [
    new Date(message.at * 1000).toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' }),
  ];
  if (message.incoming) {
    if (message.segments) {
      parts.push(`${message.segments} ${message.segments === 1 ? 'part' : 'parts'}`);
      parts.push(message.encoding);
    }
    const code = message.error_code ? ` (${message.error_code})` : '';
    parts.push(`${STATES[message.status] || message.status}${code}`);
  } else {
    parts.push({ sent: '✓ sent', received: '✓✓ received' }[message.status] || '! not accepted');
  }
  return parts.join(' · ');
}

async function send(text) {
  if (!text.trim() || !state.chosen) return;
  report(null);
  await call('POST', `${pathOf(state.chosen)}/messages`, { to: state.sender, text });
  at('log').scrollTop = at('log').scrollHeight;
}

function report(error) {
  at('trouble').hidden = !error;
  at('trouble').textContent = error ? error.message : '';
}

// Live updates

let planned = null;

function refreshSoon() {
  planned ??= setTimeout(() => {
    planned = null;
    showPhones().then(showThread).catch(report);
  }, 40);
}

function listen() {
  const source = new EventSource(`${API}/events`);
  const live = at('live');
  source.addEventListener('open', () => {
    live.dataset.state = 'live';
    live.textContent = 'live';
    report(null);
    refreshSoon();
  });
  source.addEventListener('message', refreshSoon);
  source.addEventListener('error', () => {
    live.dataset.state = 'waiting';
    live.textContent = 'reconnecting';
  });
}

function tick() {
  at('clock').textContent = new Date().toLocaleTimeString([], {
    hour: 'numeric',
    minute: '2-digit',
  });
}

// What a person does

at('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = at('text');
  const written = text.value;
  text.value = '';
  send(written).catch((error) => {
    text.value = written;
    report(error);
  });
});
at('text').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    at('composer').requestSubmit();
  }
});
for (const chip of at('chips').children) {
  chip.addEventListener('click', () => send(chip.textContent).catch(report));
}
at('sender').addEventListener('change', (event) => {
  state.sender = event.target.value;
  showSender();
});
at('behaviour').addEventListener('change', (event) => {
  call('PUT', `${pathOf(state.chosen)}/behaviour`, { kind: event.target.value }).catch(report);
});
at('remove').addEventListener('click', () => {
  call('DELETE', pathOf(state.chosen)).catch(report);
});
at('copy').addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(state.chosen);
    at('copy-word').textContent = 'Copied';
  } catch {
    at('copy-word').textContent = state.chosen;
  }
  setTimeout(() => (at('copy-word').textContent = 'Copy'), 1500);
});
at('add').addEventListener('click', () => {
  at('new-phone').reset();
  at('new-problem').hidden = true;
  at('dialog').showModal();
});
at('cancel').addEventListener('click', () => at('dialog').close());
at('new-phone').addEventListener('submit', async (event) => {
  event.preventDefault();
  const given = Object.fromEntries(new FormData(event.target));
  try {
    const made = await call('POST', '/phones', given);
    at('dialog').close();
    choose(made.number);
  } catch (error) {
    at('new-problem').textContent = error.message;
    at('new-problem').hidden = false;
  }
});
document.addEventListener('visibilitychange', refreshSoon);

function sayScheme() {
  const dark = document.documentElement.dataset.scheme === 'dark';
  at('scheme').setAttribute('aria-label', `Switch to ${dark ? 'light' : 'dark'} colors`);
}
at('scheme').addEventListener('click', () => window.assentScheme.toggle());
document.addEventListener('scheme', sayScheme);

at('behaviour').replaceChildren(
  ...Object.entries(BEHAVIOURS).map(([kind, [words]]) => {
    const option = element('option', '', words);
    option.value = kind;
    return option;
  }),
);
sayScheme();
tick();
setInterval(tick, 10_000);
listen();
