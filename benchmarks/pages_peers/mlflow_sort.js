document.querySelector('[data-testid="sort-select-dropdown"]').click();
const look = () => {
  const choice = document.querySelector('[data-testid="sort-select-accuracy"]');
  if (choice) choice.click();
  else requestAnimationFrame(look);
};
look();
