-- Sends the bodies of a file, a line each, in turn; looks into every answer; prints what it saw as one line of JSON.
-- wrk … -s drive.lua URL -- FILE TEXT-THAT-EVERY-ANSWER-HAS
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  requests, nth, bad, wanted, sample = {}, 0, 0, args[2], ""
  wrk.method = "POST"
  for line in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format(nil, nil, nil, line)
  end
end

function request()
  nth = nth % #requests + 1
  return requests[nth]
end

function response(status, headers, body)
  if status ~= 200 or body:find('"errors"', 1, true) or not body:find(wanted, 1, true) then
    bad = bad + 1
    sample = body:sub(1, 200)
  end
end

function done(summary, latency, _)
  local bad, sample = 0, ""
  for _, thread in ipairs(threads) do
    bad = bad + thread:get("bad")
    sample = thread:get("sample")
  end
  local errors = summary.errors
  bad = bad + errors.connect + errors.read + errors.write + errors.timeout
  io.stderr:write(string.format(
    '{"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"bytes":%d,"bad":%d}\n%s\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.bytes, bad, sample))
end
