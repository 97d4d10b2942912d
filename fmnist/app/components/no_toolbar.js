// Takes away the toolbar of streamlit-drawable-canvas: it covers what is drawn on, and its buttons
// can be reached by keys while nobody sees them.

const hidden = new CSSStyleSheet();
hidden.replaceSync('.dc-toolbar { display: none !important; }');

let latest; // what watches for the last mount

export default function ({ data }) {
  latest?.disconnect();
  const block = document.querySelector(data.block);
  const look = () => {
    for (const host of block.querySelectorAll('[data-testid=stBidiComponentIsolated]')) {
      const sheets = host.shadowRoot?.adoptedStyleSheets;
      if (!sheets) requestAnimationFrame(look);
      else if (!sheets.includes(hidden)) sheets.push(hidden);
    }
  };
  look();
  const mine = new MutationObserver(look); // each canvas in the block is another one
  latest = mine;
  mine.observe(block, { childList: true, subtree: true });
  return () => mine.disconnect();
}
