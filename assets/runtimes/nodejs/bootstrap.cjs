// The Node.js runtime: loads the handler, then asks the runtime API for one event after the other.
// What a handler may look like: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
"use strict";
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const util = require("node:util");
const { pathToFileURL } = require("node:url");

const { env } = process;
const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(":");
const base = "/2018-06-01/runtime/";
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const version = Number(/^AWS_Lambda_nodejs(\d+)/.exec(env.AWS_EXECUTION_ENV)?.[1]);

let requestId; // of the event in hand
let idle; // what to do once nothing is pending any more
process.on("beforeExit", () => idle?.());

// --- logs: time, request, level, message. A line feed within a message goes out as a carriage return, so that it stays one event.

function write(text) {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(fs.writeSync(1, rest));
    } catch (e) {
      if (e.code !== "EAGAIN") throw e;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // the pipe is full
    }
  }
}

function log(level, message) {
  write(`${new Date().toISOString()}\t${requestId}\t${level}\t${message}`.replace(/\n/g, "\r") + "\n");
}

for (const [method, level] of Object.entries({ log: "INFO", info: "INFO", warn: "WARN", error: "ERROR", debug: "DEBUG", trace: "TRACE", fatal: "FATAL" })) {
  console[method] = (...args) => log(level, util.format(...args));
}

// --- the runtime API

function call(method, target, headers, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, path: base + target, agent, headers }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => resolve({ headers: response.headers, status: response.statusCode, body: Buffer.concat(parts) }));
    });
    request.on("error", reject);
    request.setNoDelay(true);
    request.end(body);
  });
}

function post(target, text, errorType) {
  const body = Buffer.from(text);
  const headers = { "Content-Type": "application/json", "Content-Length": body.length };
  if (errorType) headers["Lambda-Runtime-Function-Error-Type"] = errorType;
  return call("POST", target, headers, body);
}

const isError = (e) => e instanceof Error || Object.prototype.toString.call(e) === "[object Error]";

function describe(e) {
  if (!isError(e)) return { errorType: typeof e, errorMessage: String(e), trace: [] };
  return { errorType: e.name, errorMessage: e.message, trace: (e.stack ?? "").split("\n") };
}

// What the log shows of an error: all that it carries.
function detail(e) {
  if (!isError(e)) return JSON.stringify({ errorType: typeof e, errorMessage: String(e), stack: [] });
  const { errorType, errorMessage, trace } = describe(e);
  try {
    return JSON.stringify({ errorType, errorMessage, ...e, stack: trace });
  } catch {
    return JSON.stringify({ errorType, errorMessage, stack: trace });
  }
}

class RuntimeError extends Error {
  constructor(name, message, cause) {
    super(message, cause && { cause });
    this.name = "Runtime." + name;
    if (cause?.stack) this.stack = `${this.name}: ${message}\n${cause.stack}`;
  }
}

// --- the handler

function resolveModule(stem) {
  const file = path.resolve(env.LAMBDA_TASK_ROOT, stem);
  for (const extension of ["", ".js", ".mjs", ".cjs"]) {
    if (fs.statSync(file + extension, { throwIfNoEntry: false })?.isFile()) return file + extension;
  }
  try {
    return require.resolve(stem, { paths: [env.LAMBDA_TASK_ROOT] });
  } catch {
    throw new RuntimeError("ImportModuleError", `Error: Cannot find module '${stem}'`);
  }
}

function isModule(file) {
  if (file.endsWith(".mjs")) return true;
  if (!file.endsWith(".js")) return false;
  for (let dir = path.dirname(file); dir.startsWith(env.LAMBDA_TASK_ROOT); dir = path.dirname(dir)) {
    const manifest = path.join(dir, "package.json");
    if (fs.existsSync(manifest)) return JSON.parse(fs.readFileSync(manifest, "utf8")).type === "module";
  }
  return false;
}

async function load() {
  const [, folder, name] = /^(.*\/)?([^/]*)$/.exec(env._HANDLER);
  const dot = name.indexOf(".");
  if (dot < 1) throw new RuntimeError("MalformedHandlerName", `Bad handler ${env._HANDLER}: it needs the form file.function`);
  const file = resolveModule((folder ?? "") + name.slice(0, dot));
  let loaded;
  try {
    loaded = isModule(file) ? await import(pathToFileURL(file).href) : require(file);
  } catch (e) {
    if (e instanceof SyntaxError) throw new RuntimeError("UserCodeSyntaxError", `SyntaxError: ${e.message}`, e);
    if (e?.code === "MODULE_NOT_FOUND" || e?.code === "ERR_MODULE_NOT_FOUND") throw new RuntimeError("ImportModuleError", `Error: ${e.message}`, e);
    throw e;
  }
  const handler = name.slice(dot + 1).split(".").reduce((at, part) => at?.[part], loaded);
  if (handler === undefined) throw new RuntimeError("HandlerNotFound", `${env._HANDLER} is undefined or not exported`);
  if (typeof handler !== "function") throw new RuntimeError("HandlerNotFound", `${env._HANDLER} is not a function`);
  if (version >= 24 && handler.length >= 3) {
    throw new RuntimeError("CallbackHandlerDeprecated", "Node.js 24 and later take no callback: make the handler async, and return instead");
  }
  return handler;
}

// Answers over a stream need a caller that reads one; nothing in the embedded sandbox does yet.
globalThis.awslambda = {
  streamifyResponse() {
    throw new RuntimeError("StreamingUnsupported", "response streaming (awslambda.streamifyResponse) does not run in the embedded sandbox");
  },
};

// --- one event

function contextOf(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const parse = (text) => (text ? JSON.parse(text) : undefined);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: requestId,
    clientContext: parse(headers["lambda-runtime-client-context"]),
    identity: parse(headers["lambda-runtime-cognito-identity"]),
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

// Settles with what the handler gave, by promise or by callback. A callback's answer waits until nothing is pending, unless
// the handler has said that it need not; a handler that leaves nothing pending and gives no answer answers null.
function run(handler, event, context) {
  return new Promise((resolve, reject) => {
    idle = () => resolve(null);
    const answer = (error, result) => {
      const finish = () => (error === undefined || error === null ? resolve(result) : reject(error));
      if (context.callbackWaitsForEmptyEventLoop) idle = finish;
      else setImmediate(finish);
    };
    if (version < 24) {
      context.done = answer;
      context.succeed = (result) => answer(null, result);
      context.fail = (error) => answer(error ?? "handled");
    }
    const result = handler(event, context, answer);
    if (typeof result?.then === "function") result.then(resolve, reject);
    else if (version >= 24) resolve(result);
  });
}

async function serve(handler) {
  for (;;) {
    idle = undefined;
    const next = await call("GET", "invocation/next");
    if (next.status !== 200) process.exit(1); // the environment is being ended
    requestId = next.headers["lambda-runtime-aws-request-id"];
    env._X_AMZN_TRACE_ID = next.headers["lambda-runtime-trace-id"];
    const target = `invocation/${requestId}/`;
    try {
      const result = await run(handler, JSON.parse(next.body), contextOf(next.headers));
      await post(target + "response", stringify(result));
    } catch (e) {
      log("ERROR", "Invoke Error \t" + detail(e));
      await post(target + "error", JSON.stringify(describe(e)), describe(e).errorType);
    }
  }
}

function stringify(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? "null";
  } catch (e) {
    throw new RuntimeError("MarshalError", "Unable to stringify response body: " + e.message, e);
  }
}

// --- what nobody caught ends the process, after it was told

async function die(e, title, code) {
  log("ERROR", `${title} \t${detail(e)}`);
  const target = requestId === undefined ? "init/error" : `invocation/${requestId}/error`;
  await post(target, JSON.stringify(describe(e)), describe(e).errorType).catch(() => {});
  process.exit(code);
}

process.on("unhandledRejection", (reason) => {
  const message = isError(reason) ? `${reason.name}: ${reason.message}` : util.inspect(reason);
  const error = new RuntimeError("UnhandledPromiseRejection", message, isError(reason) ? reason : undefined);
  void die(Object.assign(error, { reason }), "Unhandled Promise Rejection", 128);
});
process.on("uncaughtException", (e) => void die(e, "Uncaught Exception", 129));

load().then(
  (handler) => serve(handler).catch(() => process.exit(1)), // the runtime API is gone: so is Airloom
  (e) => die(e, "Uncaught Exception", 1),
);
