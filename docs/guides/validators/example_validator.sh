#!/bin/sh
# A validator for Holdpoint in POSIX shell. See docs/guides/external-validators.md.
#
# One check: whether the folder for temporary files has room. The texts that are taken out of a line are our own
# (`evidence_dir`) or compared whole, so that no JSON library is needed.
set -u

check=example-sh.tmp.free

while IFS= read -r line; do
    case $line in
    *'"kind":"hello"'*)
        folder=$(printf '%s\n' "$line" | sed 's/.*"evidence_dir":"\([^"]*\)".*/\1/')
        printf '{"v":1,"kind":"describe","name":"example-sh","version":"1.0","checks":[{"id":"%s",' "$check"
        printf '"question":"Is there room for temporary files?","severity":"low","effects":"read",'
        printf '"hard_limit_ms":10000}]}\n'
        ;;
    *'"kind":"run"'*)
        df -Pk "${TMPDIR:-/tmp}" >"$folder/df.txt"
        digest=$(sha256sum "$folder/df.txt" | cut -d ' ' -f 1)
        free=$(awk 'NR == 2 { print $4 }' "$folder/df.txt")
        printf '{"v":1,"kind":"evidence","id":"%s","evidence_id":"df","media_type":"text/plain",' "$check"
        printf '"path":"df.txt","sha256":"%s","provenance":"live"}\n' "$digest"
        printf '{"v":1,"kind":"measurement","id":"%s","name":"free","unit":"kBy","value":"%s"}\n' "$check" "$free"
        if [ "$free" -gt 1024 ]; then outcome=pass; else outcome=fail; fi
        printf '{"v":1,"kind":"result","id":"%s","outcome":"%s","grade":"E2","evidence":["df"]}\n' "$check" "$outcome"
        ;;
    *'"kind":"shutdown"'* | *'"kind":"cancel"'*) exit 0 ;;
    esac
done
