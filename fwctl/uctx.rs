// SPDX-License-Identifier: GPL-2.0

//! The context of one open file.

#![forbid(unsafe_code)]

use crate::{
    kinds::Upstream,
    rpc, //
};
use auxcore::class::fwctl::{
    Child,
    Session, //
};
use core::marker::PhantomData;
use kernel::{
    fwctl::{
        Device,
        DeviceType,
        FwRpcResponse,
        Operations,
        RpcScope, //
    },
    prelude::*, //
};

/// What an open file of device type `K` holds: the vendor's name for it, and nothing that could
/// outlive the binding.
pub(crate) struct Uctx<K: Upstream> {
    session: Session,
    _kind: PhantomData<fn() -> K>,
}

impl<K: Upstream> Operations for Uctx<K> {
    type RegistrationData<'a> = Child<'a>;

    const DEVICE_TYPE: DeviceType = K::KIND;

    fn open<'a>(
        _device: &Device<Self>,
        child: &Self::RegistrationData<'a>,
    ) -> impl PinInit<Self, Error> {
        child.service.open().map(|session| Self {
            session,
            _kind: PhantomData,
        })
    }

    fn close<'a>(this: Pin<&mut Self>, _device: &Device<Self>, child: &Self::RegistrationData<'a>) {
        child.service.close(this.session);
    }

    fn info<'a>(
        this: Pin<&Self>,
        _device: &Device<Self>,
        child: &Self::RegistrationData<'a>,
    ) -> Result<KVec<u8>> {
        child.service.info(this.session)
    }

    fn fw_rpc<'a>(
        this: Pin<&Self>,
        device: &Device<Self>,
        child: &Self::RegistrationData<'a>,
        scope: RpcScope,
        request: &mut [u8],
        max_reply: usize,
    ) -> Result<FwRpcResponse> {
        let service = &*child.service;
        let change = rpc::admit(device.as_ref(), service, scope, request, max_reply)?;
        rpc::execute(child, this.session, scope, change, request, max_reply)
    }
}
