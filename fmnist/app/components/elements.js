// An element with its properties and what is in it.
export function make(tag, properties, ...content) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...content);
  return element;
}

// A word that the page's glossary explains.
export function term(word, ...shown) {
  const element = make('span', { className: 'term', tabIndex: 0, role: 'button' }, ...shown);
  element.dataset.term = window.glossary.anchors[word];
  element.ariaDescription = window.glossary.terms[element.dataset.term].text;
  return element;
}
