// A list of layers that changes at once; the server then says what each gives and costs.

import { make } from './elements.js';

const PAUSE = 300; // milliseconds after the last key in a number
const ENDS = ['flatten', 'average']; // what makes a row of numbers of maps
const ON_MAPS = ['conv', 'pool', 'average'];

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.editor');
  root.editor ??= new Editor(root);
  root.editor.send = (message) => setTriggerValue('changed', message);
  root.editor.receive(data);
}

class Editor {
  constructor(root) {
    Object.assign(this, { root, texts: null, serial: null, past: [], current: null });
    this.rows = this.find('.rows');
    this.find('.undo').onclick = () => this.undo();
    this.find('.presets').onchange = (event) => {
      const texts = this.data.presets[event.target.value];
      if (texts) this.change(texts, null);
    };
  }

  find(what) {
    return this.root.querySelector(what);
  }

  // What the server says; of texts that have changed since, nothing.
  receive(data) {
    this.data = data;
    this.serial ??= data.serial;
    if (data.serial < this.serial) return;
    if (!same(data.texts, this.texts)) {
      if (this.texts) this.past.push(this.texts);
      const active = this.root.getRootNode().activeElement;
      const place = [...this.rows.children].indexOf(active?.closest('li')) - 1;
      this.texts = data.texts;
      this.draw(place >= 0 && active.name ? [place, `[name="${active.name}"]`] : null);
    }
    this.showFigures();
  }

  // Other layers: drawn now, sent now or when typing pauses.
  change(texts, focus, wait = 0) {
    if (!wait || !this.waits) this.past.push(this.texts); // digits of one number are one step
    this.take(texts, focus, wait);
  }

  take(texts, focus, wait) {
    this.texts = texts;
    this.serial += 1;
    if (!wait) this.draw(focus);
    clearTimeout(this.timer);
    this.waits = wait > 0;
    this.timer = setTimeout(() => this.submit(), wait);
    this.showState();
  }

  submit() {
    clearTimeout(this.timer);
    this.waits = false;
    this.send({ serial: this.serial, texts: this.texts });
  }

  undo() {
    if (this.past.length) this.take(this.past.pop(), null, 0);
    this.find('.undo').focus();
  }

  move(place, by) {
    const other = place + by;
    if (other < 0 || other >= this.texts.length) return;
    const texts = [...this.texts];
    [texts[place], texts[other]] = [texts[other], texts[place]];
    this.change(texts, [other, by < 0 ? '.up' : '.down']);
  }

  remove(place) {
    const texts = this.texts.filter((_, other) => other !== place);
    this.change(texts, [Math.min(place, texts.length - 1), '.remove']);
  }

  // After the layer in use; what needs maps comes before what ends them.
  add(word) {
    const end = this.texts.findIndex((text) => ENDS.includes(wordOf(text)));
    const last = ON_MAPS.includes(word) && end >= 0 ? end : this.texts.length;
    const place = Math.min(this.current === null ? last : this.current + 1, last);
    const defaults = this.data.kinds[word].options.map((option) => option.default);
    const texts = this.texts.toSpliced(place, 0, [word, ...defaults].join(' '));
    this.change(texts, [place, 'input, select, .remove']);
  }

  draw(focus) {
    if (!focus) this.current = null;
    const { kinds, presets } = this.data;
    const rows = this.texts.map((text, place) => this.row(text, place));
    this.rows.replaceChildren(
      this.fixed('Image', 'image'),
      ...rows,
      this.fixed('Dense, softmax', 'dense'),
    );
    const options = ['', ...Object.keys(presets)].map((name) =>
      make('option', { value: name }, name || 'your own'),
    );
    this.find('.presets').replaceChildren(...options);
    if (!this.find('.add button')) this.offer(kinds);
    this.showState();
    if (focus) this.focus(...focus);
  }

  offer(kinds) {
    const buttons = Object.entries(kinds).map(([word, kind]) => {
      const button = make('button', { type: 'button', title: kind.help }, kind.label);
      button.setAttribute('aria-label', `Add ${kind.label}`);
      button.onclick = () => this.add(word);
      return button;
    });
    this.find('.add').replaceChildren(...buttons);
  }

  focus(place, what) {
    const row = this.rows.children[place + 1];
    const controls = [...(row?.querySelectorAll(`${what}, .remove`) ?? [])];
    const control = controls.find((each) => !each.disabled);
    control?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: 'nearest' });
  }

  fixed(name, kind) {
    return make('li', { className: `${kind} fixed` }, cell('name', name), ...emptyFigures());
  }

  row(text, place) {
    const [word, ...given] = text.split(' ');
    const kind = this.data.kinds[word] ?? { label: word, options: [], help: '' };
    const values = kind.options.map((option, number) => given[number] ?? option.default);
    const about = `layer ${place + 1}, ${kind.label}`;
    const name = cell('name', kind.label);
    name.title = kind.help;
    const options = kind.options.map((option, number) =>
      this.option(option, values[number], about, (value, wait) => {
        const changed = values.with(number, value);
        values[number] = value;
        this.change(
          this.texts.with(place, [word, ...changed].join(' ')),
          [place, `[name="${option.label}"]`],
          wait,
        );
      }),
    );
    const row = make(
      'li',
      { className: word },
      name,
      ...emptyFigures(),
      make('div', { className: 'options' }, ...options),
      this.buttons(place, about),
    );
    row.addEventListener('focusin', () => this.use(place));
    row.onkeydown = (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!event.altKey || !by) return;
      event.preventDefault();
      this.move(place, by);
    };
    return row;
  }

  use(place) {
    this.current = place;
    for (const [number, row] of [...this.rows.children].entries())
      row.classList.toggle('current', number === place + 1);
  }

  option({ label, choices, step }, value, about, change) {
    const known = { name: label, ariaLabel: `${label} of ${about}`, title: label };
    if (choices.length) {
      const options = choices.map((choice) => make('option', {}, choice));
      const select = make('select', known, ...options);
      select.value = value;
      select.onchange = () => change(select.value, 0);
      return select;
    }
    const input = make('input', { ...known, type: 'number', step, inputMode: 'decimal', value });
    let last = value;
    input.oninput = () => {
      if (!input.value) return; // on the way to another number
      last = input.value;
      change(last, PAUSE);
    };
    input.onblur = () => {
      input.value ||= last;
      if (this.waits) this.submit(); // before what is clicked, which may be Start
    };
    return make('label', {}, `${label} `, input);
  }

  buttons(place, about) {
    const button = (className, sign, label, disabled, act) => {
      const made = make('button', { type: 'button', className, title: label, disabled }, sign);
      made.setAttribute('aria-label', `${label}: ${about}`);
      made.onclick = act;
      return made;
    };
    return make(
      'div',
      { className: 'buttons' },
      button('up', '↑', 'Move up (Alt+↑)', !place, () => this.move(place, -1)),
      button('down', '↓', 'Move down (Alt+↓)', place === this.texts.length - 1, () =>
        this.move(place, 1),
      ),
      button('remove', '×', 'Remove', false, () => this.remove(place)),
    );
  }

  // What follows from the layers here.
  showState() {
    this.find('.undo').disabled = !this.past.length;
    const preset = Object.entries(this.data.presets).find(([, texts]) => same(texts, this.texts));
    this.find('.presets').value = preset?.[0] ?? '';
  }

  // What the server has computed.
  showFigures() {
    const { figures, at, problem, total } = this.data;
    for (const [place, row] of [...this.rows.children].entries()) {
      const shown = row.querySelectorAll('.figure');
      for (const [number, figure] of shown.entries())
        figure.textContent = figures[place]?.[number] ?? (number ? '' : '–');
      row.classList.toggle('wrong', at !== null && place === at + 1);
    }
    const status = this.find('.status');
    if (status.textContent !== (problem ?? total)) status.textContent = problem ?? total;
    status.classList.toggle('problem', problem !== null);
  }
}

const wordOf = (text) => text.split(' ')[0];
const same = (some, others) => JSON.stringify(some) === JSON.stringify(others);
const cell = (className, text) => make('span', { className }, text);
const emptyFigures = () => [0, 1, 2].map(() => cell('figure', ''));
