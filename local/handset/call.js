'use strict';

// Calls: the screen of a phone that rings or talks, and what stays of calls in its thread.
// Loaded before phone.js, and uses its `call`, `state`, `pathOf` and `report` once that runs.
window.assentCalls = (() => {
  const at = (id) => document.getElementById(id);
  const LIVE = ['ringing', 'in-progress'];
  const LINGER = 1600;
  const BEHAVIOURS = {
    rings: ['rings', 'You answer, decline, or leave it to the voicemail, as it does after 20 s.'],
    no_voicemail: ['rings, has no voicemail', 'After 20 s nobody has answered.'],
    person: ['is answered by itself', 'Somebody listens to the end and presses nothing.'],
    voicemail: ['goes to its voicemail', 'The message is left there.'],
    no_answer: ['is not answered', 'The carrier reports no answer.'],
    busy: ['is busy', 'The carrier reports a busy line.'],
    failed: ['cannot be called', 'The carrier reports that the call failed.'],
  };
  const ENDS = {
    busy: 'Declined call',
    'no-answer': 'Missed call',
    failed: 'Call that could not be connected',
  };
  const shown = { call: null, closing: null };

  const isMachine = (one) => one.answered_by.startsWith('machine');
  const isLive = (one) => Boolean(one) && LIVE.includes(one.status);
  // A voicemail talks to the carrier; the phone lies there as if nothing were.
  const isOnScreen = (one) => isLive(one) && !isMachine(one);

  function duration(one) {
    if (!one.answered_at) return '';
    const seconds = Math.max(0, Math.round((one.ended_at || Date.now() / 1000) - one.answered_at));
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }

  function senderOf(one) {
    const found = state.senders.find(({ address }) => address === one.sender);
    return found || { name: one.sender, shown: one.sender };
  }

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  /** Say in the list of phones that this one rings or talks. */
  function summary(one) {
    if (!isOnScreen(one)) return '';
    if (one.status === 'in-progress') return 'In a call';
    return one.incoming ? 'Incoming call' : 'Calling';
  }

  // The screen

  function show(phone) {
    const one = phone.call;
    if (isOnScreen(one)) {
      clearTimeout(shown.closing);
      shown.closing = null;
      if (shown.call?.sid !== one.sid) open(one);
      shown.call = one;
      draw(one, phone);
    } else if (shown.call && one?.sid === shown.call.sid) {
      shown.call = one;
      draw(one, phone);
      shown.closing ??= setTimeout(close, LINGER);
    } else if (shown.call) {
      close(); // another phone was chosen
    }
  }

  function open(one) {
    at('said').replaceChildren();
    const sender = senderOf(one);
    at('call-with').textContent = sender.name;
    at('call-number').textContent = sender.shown;
    at('call-face').textContent = sender.name.slice(0, 1);
    at('call').hidden = false;
    at('device').dataset.call = '';
  }

  function close() {
    shown.call = null;
    shown.closing = null;
    at('call').hidden = true;
    delete at('device').dataset.call;
    at('log').scrollTop = at('log').scrollHeight;
  }

  function draw(one, phone) {
    at('call').dataset.state = isLive(one) ? one.status : 'ended';
    at('call-state').textContent = words(one, phone);
    const talking = one.status === 'in-progress';
    at('call-time').textContent = duration(one);
    at('keypad').hidden = !talking;
    at('captions').hidden = !one.said.length;
    for (const button of at('call-actions').children) {
      const act = button.dataset.act;
      const ringing = one.status === 'ringing' && one.incoming;
      button.hidden = !isLive(one) || (act === 'hang-up') === ringing;
    }
    caption(at('said'), one.said);
    const captions = at('captions');
    captions.scrollTop = captions.scrollHeight;
  }

  function words(one, phone) {
    if (one.status === 'ringing') return one.incoming ? `is calling ${phone.name}` : 'calling…';
    if (one.status === 'in-progress') return 'in a call';
    if (isMachine(one)) return 'left to the voicemail';
    return one.status === 'completed' ? 'Call ended' : ENDS[one.status] || 'Call ended';
  }

  function caption(list, said) {
    for (const line of said.slice(list.children.length)) {
      const mine = line.who === 'phone';
      const row = element('li', mine ? 'pressed' : 'spoken', mine ? '' : line.text);
      if (mine) row.append('You pressed ', element('kbd', '', line.text));
      list.append(row);
    }
  }

  // The thread

  function title(one) {
    if (isLive(one)) {
      return isMachine(one) ? 'Voicemail, being recorded' : summary(one);
    }
    if (one.status !== 'completed') return ENDS[one.status] || 'Call';
    if (isMachine(one)) return 'Voicemail';
    return one.incoming ? 'Call' : 'You called';
  }

  /** Return the row of a call in the thread, made or brought up to date. */
  function row(known, one) {
    const id = `call-${one.id}`;
    const made = known.get(id) || newRow(id);
    made.toggleAttribute('data-mine', !one.incoming);
    made.toggleAttribute('data-missed', one.status in ENDS);
    made.querySelector('.log-title').textContent = title(one);
    const time = new Date(one.started_at * 1000).toLocaleTimeString([], {
      hour: 'numeric',
      minute: '2-digit',
    });
    made.querySelector('.meta').textContent = [time, duration(one)].filter(Boolean).join(' · ');
    const details = made.querySelector('details');
    details.hidden = one.said.length === 0;
    // What a voicemail recorded is what one looks for.
    if (isMachine(one) && !details.dataset.met) {
      details.dataset.met = '';
      details.open = true;
    }
    caption(made.querySelector('.log-said'), one.said);
    return made;
  }

  function newRow(id) {
    const made = element('li', 'message call-log');
    made.dataset.id = id;
    const card = element('div', 'log-card');
    const details = element('details');
    details.append(element('summary', '', 'What was said'), element('ol', 'log-said'));
    card.append(element('p', 'log-title'), details);
    made.append(card, element('p', 'meta'));
    return made;
  }

  // What a person does

  function act(what) {
    report(null);
    call('POST', `/calls/${shown.call.sid}/${what}`, {}).catch(report);
  }

  function press(key) {
    report(null);
    const button = at('keypad').querySelector(`[data-key="${CSS.escape(key)}"]`);
    button.dataset.pressed = '';
    setTimeout(() => delete button.dataset.pressed, 180);
    call('POST', `/calls/${shown.call.sid}/keys`, { key }).catch(report);
  }

  at('call-actions').addEventListener('click', (event) => {
    const what = event.target.closest('[data-act]')?.dataset.act;
    if (what && shown.call) act(what);
  });
  at('keypad').addEventListener('click', (event) => {
    const key = event.target.closest('[data-key]')?.dataset.key;
    if (key && shown.call) press(key);
  });
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest('input, textarea, select, dialog');
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (shown.call?.status === 'in-progress' && /^[0-9*#]$/.test(event.key)) press(event.key);
  });
  at('dial').addEventListener('click', () => {
    report(null);
    call('POST', `${pathOf(state.chosen)}/calls`, { to: state.sender }).catch(report);
  });
  at('call-behaviour').addEventListener('change', (event) => {
    const body = { kind: event.target.value };
    call('PUT', `${pathOf(state.chosen)}/call-behaviour`, body).catch(report);
  });
  at('call-behaviour').replaceChildren(
    ...Object.entries(BEHAVIOURS).map(([kind, [text]]) => {
      const option = element('option', '', text);
      option.value = kind;
      return option;
    }),
  );
  setInterval(() => {
    if (shown.call?.status === 'in-progress') {
      at('call-time').textContent = duration(shown.call);
    }
  }, 500);

  return {
    summary,
    row,
    show(phone) {
      const kind = phone.call_behaviour.kind;
      at('call-behaviour').value = kind;
      at('call-behaviour-hint').textContent = BEHAVIOURS[kind][1];
      show(phone);
    },
  };
})();
