-- wrk: posts the lines of the file REVIEWS in turn.
local bodies = {}
local sent = 0

function init()
  for line in io.lines(os.getenv("REVIEWS")) do
    bodies[#bodies + 1] = wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, line)
  end
end

function request()
  sent = sent + 1
  return bodies[sent % #bodies + 1]
end

function done(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  print(string.format('{"requests":%d,"microseconds":%d,"failed":%d}', summary.requests, summary.duration, failed))
end
