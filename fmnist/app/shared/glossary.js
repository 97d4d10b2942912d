// Terms of the glossary: what stands for one gets a dotted line, and a card at a hover, a tap or a key.

class Glossary {
  // Elements whose whole text may be a term; inside of a sentence it is a link.
  static WHOLE =
    `[data-testid=stWidgetLabel] p, [data-testid=stMetricLabel] p, [data-testid=stCaptionContainer] p,
    .stHeading :is(h2, h3), .stTable th p`;
  static LINK = 'a[href*="#term-"]';
  static DELAY = 250; // milliseconds, so that no card follows a pointer that passes by

  constructor({ terms, anchors }) {
    Object.assign(this, { terms, anchors });
    this.card = Object.assign(document.createElement('div'), {
      id: 'glossary-card',
      popover: 'manual',
    });
    this.card.setAttribute('role', 'region');
    this.card.ariaLabel = 'Glossary';
    this.texts = Object.assign(document.createElement('div'), { hidden: true });
    for (const [anchor, { text }] of Object.entries(terms))
      this.texts.append(
        Object.assign(document.createElement('p'), { id: `about-${anchor}`, textContent: text }),
      );
    document.body.append(this.card, this.texts);
    this.listen();
    new MutationObserver(() => this.markSoon()).observe(document.body, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  }

  listen() {
    const on = (event, act, capture = false) => document.addEventListener(event, act, capture);
    on('pointerover', (event) => this.hover(event));
    on('focusin', (event) => {
      const [target] = event.composedPath();
      if (target.dataset?.term && target.matches(':focus-visible')) this.show(target);
    });
    on('focusout', () => this.hide());
    on('click', (event) => this.click(event), true);
    on('keydown', (event) => this.key(event), true);
    on('scroll', () => this.hide(), true);
  }

  // Attributes alone are added, as the elements are React's.
  markSoon() {
    this.marking ??= requestAnimationFrame(() => {
      this.marking = null;
      for (const element of document.querySelectorAll(Glossary.WHOLE))
        this.mark(element, this.anchors[element.textContent.trim().toLowerCase()]);
      for (const link of document.querySelectorAll(Glossary.LINK))
        this.mark(link, link.hash.slice(1));
      if (this.shown && !this.shown.isConnected) this.hide();
      this.illustrate();
      this.arrive();
    });
  }

  illustrate() {
    for (const entry of document.querySelectorAll('.glossary section:not(:has(svg))'))
      entry.insertAdjacentHTML('afterbegin', this.terms[entry.id].svg);
  }

  // Who opens a term in a new tab is there before the list is.
  arrive() {
    const entry =
      location.hash.startsWith('#term-') && document.getElementById(location.hash.slice(1));
    if (!entry || this.arrived === location.hash) return;
    this.arrived = location.hash;
    entry.scrollIntoView();
  }

  mark(element, anchor) {
    const known = anchor in this.terms ? anchor : undefined;
    if (element.dataset.term === known) return;
    if (!known) {
      for (const name of ['data-term', 'tabindex', 'role', 'aria-describedby'])
        element.removeAttribute(name);
      return;
    }
    element.dataset.term = known;
    element.tabIndex = 0;
    if (!element.matches('h2, h3')) element.setAttribute('role', 'button');
    element.setAttribute('aria-describedby', `about-${known}`);
    // Streamlit hides a field's label from those who hear the page, as the field itself has its name.
    element.closest('[aria-hidden]')?.removeAttribute('aria-hidden');
  }

  hover(event) {
    if (event.pointerType === 'touch') return;
    clearTimeout(this.waiting);
    if (this.card.contains(event.target)) return;
    const term = termOf(event);
    if (term === this.shown) return;
    this.waiting = setTimeout(() => (term ? this.show(term) : this.hide()), Glossary.DELAY);
  }

  click(event) {
    const term = termOf(event);
    if (!term) {
      if (!this.card.contains(event.target)) this.hide();
      return;
    }
    if (event.ctrlKey || event.metaKey) return; // a new tab with all terms
    event.preventDefault();
    event.stopPropagation();
    this.toggle(term);
  }

  key(event) {
    const term = termOf(event);
    if (event.key === 'Escape' && this.shown) {
      event.stopPropagation();
      this.hide();
    } else if (['Enter', ' '].includes(event.key) && term) {
      event.preventDefault();
      event.stopPropagation();
      this.toggle(term);
    }
  }

  toggle(term) {
    clearTimeout(this.waiting);
    if (term === this.shown) this.hide();
    else this.show(term);
  }

  show(term) {
    const { title, text, svg } = this.terms[term.dataset.term];
    this.shown = term;
    this.card.innerHTML = svg;
    const [words, name, about] = ['div', 'b', 'p'].map((tag) => document.createElement(tag));
    name.textContent = title;
    about.textContent = text;
    words.append(name, about);
    this.card.append(words);
    this.card.showPopover();
    this.place(term.getBoundingClientRect());
  }

  // Above the term, or below it where there is no room: what it names is below most. Never beyond the window.
  place({ left, top, bottom }) {
    const { offsetWidth: width, offsetHeight: height } = this.card;
    this.card.style.top = `${top < height + 12 ? bottom + 6 : top - 6 - height}px`;
    this.card.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  }

  hide() {
    clearTimeout(this.waiting);
    if (!this.shown) return;
    this.shown = null;
    this.card.hidePopover();
  }
}

// What was met stands for a term: also within a component.
function termOf(event) {
  return event.composedPath().find(({ dataset }) => dataset?.term);
}

window.showsTerms ??= new Glossary(window.glossary);
window.showsTerms.markSoon();
