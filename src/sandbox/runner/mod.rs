//! wip
mod rootfs;
mod spec;
mod supervise;
