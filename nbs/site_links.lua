-- The start page is also README.md, from where chapters lie in nbs/. On the site their pages lie beside it, without numbers.
function Link(link)
  local page, rest = link.target:match('^nbs/%d+%a?_([%w_]+)%.ipynb(.*)$')
  if page then link.target = page .. '.html' .. rest
  else link.target = link.target:gsub('^nbs/', '') end
  return link
end
