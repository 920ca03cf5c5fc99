#!/usr/bin/env bash
# arm64 programs on an x86 Linux: QEMU's user emulation, registered with the kernel.
#
#   arm64.sh start    registers it if needed
#   arm64.sh check    exit status 0 when arm64 programs run
#   arm64.sh stop     takes back what start did, and nothing that was there before
. "$(dirname "$0")/lib.sh"

files=/proc/sys/fs/binfmt_misc
dir=$state/arm64

ready() { [ "$(uname -m)" = aarch64 ] || grep -qs '^enabled' "$files/qemu-aarch64"; }

case ${1:-} in
  start)
    if ! ready; then
      need update-binfmts binfmt-support
      need qemu-aarch64-static qemu-user-static
      need_root
      mkdir -p "$dir"
      if [ ! -e "$files/register" ]; then
        mount -t binfmt_misc binfmt_misc "$files"
        touch "$dir/mounted"
      fi
      update-binfmts --enable qemu-aarch64
      touch "$dir/enabled"
    fi
    ready || die "the kernel did not take the registration"
    ;;
  check) ready ;;
  stop)
    [ ! -e "$dir/enabled" ] || update-binfmts --disable qemu-aarch64
    [ ! -e "$dir/mounted" ] || umount "$files"
    rm -rf "$dir"
    ;;
  *) die "usage: arm64.sh start|check|stop" ;;
esac
