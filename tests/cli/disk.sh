# disk.sh - lib.sh, and "disk": a small tmpfs in a mount namespace of its own, which takes root
#
#   . "${0%/*}/disk.sh"      the test ends as skipped where that is not to be had
#
# SPDX-License-Identifier: MIT
if [ -z "$IN_NAMESPACE" ]; then
	unshare -m true 2>/dev/null || { echo 'needs the right to mount'; exit 77; }
	IN_NAMESPACE=1 exec unshare -m sh "$0"
fi
. "${0%/*}/lib.sh"

mkdir disk
mount -t tmpfs -o size=2m tmpfs disk || { echo 'needs the right to mount'; exit 77; }
