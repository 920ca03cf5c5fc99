//! wip
mod rootfs;
