// Runs before anything is drawn, so that the page never flashes in the wrong colours.
// The console keeps its choice under the same key: beside it, both look the same.
(() => {
  const KEY = 'assent.color-scheme';
  const dark = window.matchMedia('(prefers-color-scheme: dark)');

  function chosen() {
    try {
      const value = localStorage.getItem(KEY);
      return value === 'light' || value === 'dark' ? value : 'auto';
    } catch {
      return 'auto';
    }
  }

  function apply() {
    const choice = chosen();
    const scheme = choice === 'auto' ? (dark.matches ? 'dark' : 'light') : choice;
    document.documentElement.dataset.scheme = scheme;
    document.dispatchEvent(new CustomEvent('scheme', { detail: scheme }));
  }

  window.assentScheme = {
    toggle() {
      const next = document.documentElement.dataset.scheme === 'dark' ? 'light' : 'dark';
      try {
        localStorage.setItem(KEY, next);
      } catch {
        // Private windows may refuse; the choice then lasts for this page.
      }
      document.documentElement.dataset.scheme = next;
      document.dispatchEvent(new CustomEvent('scheme', { detail: next }));
    },
  };
  dark.addEventListener('change', apply);
  window.addEventListener('storage', (event) => event.key === KEY && apply());
  apply();
})();
