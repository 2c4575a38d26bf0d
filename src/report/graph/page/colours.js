/** @typedef {ReturnType<typeof readColours>} Colours */

/** The colours of the map: those of the page as they are now, which follow the reader's scheme. */
export const readColours = () => {
  const probe = document.createElement("span");
  document.body.append(probe);
  /** @type {(name: string) => string} */
  const read = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    ink: read("ink"),
    muted: read("muted"),
    surface: read("surface"),
    frame: read("frame"),
    line: read("line"),
    accent: read("accent"),
    danger: read("danger"),
    warning: read("warning"),
    node: read("node"),
  };
  probe.remove();
  return colours;
};
