// SPDX-License-Identifier: Apache-2.0
//! Writing a layer of Teranga in Rust: a struct with the trait `Layer`, and `teranga::plugin!(teranga::layer::<L>());` once a library. No crate but this one, and no
//! `unsafe` in the plugin. `border` has the whole C border for what this file does not offer. teranga_add_plugin compiles this file; Cargo is not needed.
use std::ffi::{CStr, CString};
use std::marker::PhantomData;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};
use std::os::raw::{c_char, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicPtr, Ordering};

pub mod border;
use border::*;

/// What a call reports instead of a result.
pub struct Error {
    pub code: i32, // TRG_FAILED, TRG_BAD_OPTION, TRG_BAD_SHAPE, TRG_BAD_DATA, TRG_DIVERGED
    pub place: String,
    pub text: String,
    pub hint: String,
}
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub fn new(code: i32, place: &str, text: impl Into<String>) -> Self {
        Error { code, place: place.into(), text: text.into(), hint: String::new() }
    }
    pub fn option(name: &str, text: impl Into<String>) -> Self {
        Self::new(TRG_BAD_OPTION, name, text)
    }
    pub fn shape(port: &str, text: impl Into<String>) -> Self {
        Self::new(TRG_BAD_SHAPE, port, text)
    }
}

fn copy_text(to: &mut [c_char], from: &str) {
    let mut end = from.len().min(to.len() - 1);
    while !from.is_char_boundary(end) {
        end -= 1;
    }
    for (target, byte) in to.iter_mut().zip(from.as_bytes()[..end].iter()) {
        *target = *byte as c_char;
    }
    to[end] = 0;
}

fn report(record: *mut trg_error, error: &Error) -> i32 {
    if let Some(record) = unsafe { record.as_mut() } {
        record.code = error.code;
        record.sample = -1;
        copy_text(&mut record.r#where, &error.place);
        copy_text(&mut record.text, &error.text);
        copy_text(&mut record.hint, &error.hint);
    }
    error.code
}

/// No panic leaves: it becomes an error with its text.
fn guarded(record: *mut trg_error, body: impl FnOnce() -> Result<()>) -> i32 {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => TRG_OK,
        Ok(Err(error)) => report(record, &error),
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| text.to_string()).or_else(|| panic.downcast_ref::<String>().cloned());
            report(record, &Error::new(TRG_FAILED, "", text.unwrap_or_else(|| "a panic without a text".into())))
        }
    }
}

static HOST: AtomicPtr<trg_host> = AtomicPtr::new(std::ptr::null_mut());
fn host() -> &'static trg_host {
    unsafe { &*HOST.load(Ordering::Acquire) }
}

/// One option that an item takes: `real("beta", 1.0).within(0.0, 10.0).says("...")`.
pub struct OptionSpec {
    name: &'static str,
    doc: &'static str,
    kind: i32,
    value: trg_value,
    minimum: f64,
    maximum: f64,
}

const NO_VALUE: trg_value = trg_value { kind: TRG_NONE, count: 0, integer: 0, real: 0.0, text: std::ptr::null(), items: std::ptr::null(), options: std::ptr::null() };

fn option(name: &'static str, kind: i32, integer: i64, real: f64) -> OptionSpec {
    OptionSpec { name, doc: "", kind, value: trg_value { kind, integer, real, ..NO_VALUE }, minimum: f64::NEG_INFINITY, maximum: f64::INFINITY }
}
pub fn real(name: &'static str, value: f64) -> OptionSpec {
    option(name, TRG_REAL, 0, value)
}
pub fn integer(name: &'static str, value: i64) -> OptionSpec {
    option(name, TRG_INTEGER, value, value as f64)
}
pub fn boolean(name: &'static str, value: bool) -> OptionSpec {
    option(name, TRG_BOOLEAN, value as i64, 0.0)
}

impl OptionSpec {
    pub fn within(mut self, least: f64, most: f64) -> Self {
        self.minimum = least;
        self.maximum = most;
        self
    }
    pub fn says(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }
    fn native(&self) -> trg_option_spec {
        trg_option_spec {
            size: std::mem::size_of::<trg_option_spec>(),
            name: forever(self.name),
            doc: forever(self.doc),
            kind: self.kind,
            item_kind: 0,
            flags: 0,
            choice_count: 0,
            choices: std::ptr::null(),
            component_kind: forever(""),
            default_value: self.value,
            minimum: self.minimum,
            maximum: self.maximum,
            least_items: 0,
            most_items: i64::MAX,
        }
    }
}

/// The options of one instance: complete, typed and within their ranges.
pub struct Options<'a> {
    items: &'a [trg_option],
}

impl Options<'_> {
    fn value(&self, name: &str) -> Result<&trg_value> {
        let found = self.items.iter().find(|one| unsafe { CStr::from_ptr(one.name) }.to_bytes() == name.as_bytes());
        found.map(|one| &one.value).ok_or_else(|| Error::new(TRG_FAILED, name, "the option was asked for but is not declared"))
    }
    pub fn real(&self, name: &str) -> Result<f64> {
        self.value(name).map(|value| value.real)
    }
    pub fn integer(&self, name: &str) -> Result<i64> {
        self.value(name).map(|value| value.integer)
    }
    pub fn boolean(&self, name: &str) -> Result<bool> {
        self.value(name).map(|value| value.integer != 0)
    }
}

/// The element type of a call: f32 to train, f64 for the check of gradients.
pub trait Real: Copy + PartialOrd + AddAssign + Neg<Output = Self> + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Send + Sync + 'static {
    const TYPE: i32;
    fn of(value: f64) -> Self;
    fn exp(self) -> Self;
    fn ln(self) -> Self;
    fn sqrt(self) -> Self;
    fn tanh(self) -> Self;
}
macro_rules! real {
    ($type:ty, $number:expr) => {
        impl Real for $type {
            const TYPE: i32 = $number;
            fn of(value: f64) -> Self { value as $type }
            fn exp(self) -> Self { <$type>::exp(self) }
            fn ln(self) -> Self { <$type>::ln(self) }
            fn sqrt(self) -> Self { <$type>::sqrt(self) }
            fn tanh(self) -> Self { <$type>::tanh(self) }
        }
    };
}
real!(f32, TRG_F32);
real!(f64, TRG_F64);

pub enum Initializer {
    Zeros,
    Ones,
    Constant(f64),
    GlorotUniform,
}

/// What a layer says of itself for exact shapes of its inputs. Axis 0 is samples.
pub struct LayerPlan<'a> {
    request: &'a trg_plan_request,
    planner: &'a trg_planner,
    asked: std::cell::Cell<usize>, // inputs
}

impl<'a> LayerPlan<'a> {
    fn native_input(&self, index: usize) -> Result<&'a trg_input> {
        self.asked.set(self.asked.get().max(index + 1));
        if index >= self.request.input_count {
            return Err(Error::shape("input", format!("expected at least {} inputs, found {}", index + 1, self.request.input_count)));
        }
        Ok(unsafe { &*((self.request.inputs as *const u8).add(index * self.request.input_stride) as *const trg_input) })
    }
    pub fn inputs(&self) -> usize {
        self.request.input_count
    }
    /// The shape of an input of real numbers; whole numbers are refused, and so are inputs that are never asked for.
    pub fn input(&self, index: usize) -> Result<&'a [i64]> {
        let tensor = &self.native_input(index)?.tensor;
        if tensor.r#type != self.request.r#type {
            return Err(Error { hint: "add a layer of type \"rescaling\" with scale = 1.0 before it".into(), ..Error::shape("input", "expects an input of floating-point numbers, found other ones") });
        }
        let shape = unsafe { std::slice::from_raw_parts(tensor.shape, tensor.rank as usize) };
        if shape.iter().skip(1).any(|extent| *extent == 0) {
            return Err(Error::shape("input", "expects axes of one element or more, found one of none"));
        }
        Ok(shape)
    }
    pub fn read_in_backward(&mut self, input: usize) -> &mut Self {
        unsafe { self.planner.input.unwrap()(self.planner.context, input as i32, TRG_READ_IN_BACKWARD) };
        self
    }
    pub fn output(&mut self, shape: &[i64]) -> &mut Self {
        let port = trg_port {
            size: std::mem::size_of::<trg_port>(),
            name: b"output\0".as_ptr() as *const c_char,
            r#type: self.request.r#type,
            rank: shape.len() as i32,
            shape: shape.as_ptr(),
            flags: 0,
            shares_with: -1,
            mask_rank: 0,
            reserved: 0,
        };
        unsafe { self.planner.output.unwrap()(self.planner.context, &port) };
        self
    }
    pub fn parameter(&mut self, name: &str, shape: &[i64], initializer: Initializer) -> &mut Self {
        let (kind, number): (&[u8], f64) = match initializer {
            Initializer::Zeros => (b"teranga.zeros\0", 0.0),
            Initializer::Ones => (b"teranga.ones\0", 0.0),
            Initializer::Constant(value) => (b"teranga.constant\0", value),
            Initializer::GlorotUniform => (b"teranga.glorot_uniform\0", 0.0),
        };
        let given = trg_option { name: b"value\0".as_ptr() as *const c_char, value: trg_value { kind: TRG_REAL, real: number, ..NO_VALUE } };
        let count = matches!(initializer, Initializer::Constant(_)) as i32;
        let component = trg_value { kind: TRG_COMPONENT, text: kind.as_ptr() as *const c_char, count, options: &given, ..NO_VALUE };
        let name = CString::new(name).unwrap();
        let parameter = trg_parameter {
            size: std::mem::size_of::<trg_parameter>(),
            name: name.as_ptr(),
            rank: shape.len() as i32,
            trainable: 1,
            shape: shape.as_ptr(),
            initializer: &component,
            pieces: std::ptr::null(),
            piece_count: 0,
            l1: 0.0,
            l2: 0.0,
            fan_in: 0,
            fan_out: 0,
            touched_by: 0,
            lazy: 0,
        };
        unsafe { self.planner.parameter.unwrap()(self.planner.context, &parameter) };
        self
    }
    /// Elements of the compute type for each sample: forward writes them, the backward calls read them.
    pub fn saved_per_sample(&mut self, elements: i64) -> &mut Self {
        let bytes = elements * if self.request.r#type == TRG_F64 { 8 } else { 4 };
        unsafe { self.planner.buffer.unwrap()(self.planner.context, TRG_SAVED, bytes, 0) };
        self
    }
}

/// The samples of one call. What is read lives as long as the call; what is written is borrowed one at a time.
pub struct Slice<'a, T> {
    call: &'a trg_call,
    element: PhantomData<T>,
}

unsafe fn elements<'a, T>(tensors: *const trg_tensor, index: usize) -> Option<(*mut T, usize)> {
    let tensor: &'a trg_tensor = &*tensors.add(index);
    let shape = std::slice::from_raw_parts(tensor.shape, tensor.rank as usize);
    (!tensor.data.is_null()).then(|| (tensor.data as *mut T, shape.iter().product::<i64>() as usize))
}
unsafe fn read<'a, T>(tensors: *const trg_tensor, index: usize) -> Option<&'a [T]> {
    elements(tensors, index).map(|(data, count)| std::slice::from_raw_parts(data as *const T, count))
}
unsafe fn written<'a, T>(tensors: *const trg_tensor, index: usize) -> Option<&'a mut [T]> {
    elements(tensors, index).map(|(data, count)| std::slice::from_raw_parts_mut(data, count))
}

impl<'a, T: Real> Slice<'a, T> {
    pub fn samples(&self) -> usize {
        self.call.rows as usize
    }
    pub fn input(&self, index: usize) -> &'a [T] {
        unsafe { read(self.call.inputs, index) }.expect("an input that backward reads is declared by read_in_backward")
    }
    pub fn parameter(&self, index: usize) -> &'a [T] {
        unsafe { read(self.call.parameters, index) }.unwrap()
    }
    pub fn output(&mut self, index: usize) -> &mut [T] {
        unsafe { written(self.call.outputs, index) }.unwrap()
    }
    /// None: zero.
    pub fn d_output(&self, index: usize) -> Option<&'a [T]> {
        unsafe { read(self.call.d_outputs, index) }
    }
    /// To be overwritten. None: not wanted.
    pub fn d_input(&mut self, index: usize) -> Option<&mut [T]> {
        unsafe { written(self.call.d_inputs, index) }
    }
    /// To be added to. None: not wanted.
    pub fn d_parameter(&mut self, index: usize) -> Option<&mut [T]> {
        unsafe { written(self.call.d_parameters, index) }
    }
    /// Of saved_per_sample, `per_sample` elements for each sample.
    pub fn saved(&mut self, per_sample: usize) -> &mut [T] {
        unsafe { std::slice::from_raw_parts_mut(self.call.saved as *mut T, self.samples() * per_sample) }
    }
    /// Draws in [0, 1) of a sample's own stream, from number `first`: the same whatever the slice, thread or rank.
    pub fn uniform(&self, sample: usize, first: u64, out: &mut [T]) {
        unsafe { host().uniform.unwrap()(self.stream(sample), first, out.len() as i64, T::TYPE, out.as_mut_ptr() as *mut c_void) }
    }
    pub fn normal(&self, sample: usize, first: u64, out: &mut [T]) {
        unsafe { host().normal.unwrap()(self.stream(sample), first, out.len() as i64, T::TYPE, out.as_mut_ptr() as *mut c_void) }
    }
    fn stream(&self, sample: usize) -> trg_stream {
        assert!(sample < self.samples());
        trg_stream { key: self.call.random_key, row: unsafe { *self.call.row_keys.add(sample) } }
    }
}

/// Facts of an item.
pub struct Info {
    pub name: &'static str, // "vendor.name"
    pub version: &'static str,
    pub licence: &'static str,
    pub author: &'static str,
    pub summary: &'static str,
    pub formula: &'static str,
    pub source: &'static str,
    pub options: Vec<OptionSpec>,
}

/// Never changed after `new`: any thread may run any slice. T is f32 to train, f64 for the check of gradients.
pub trait Layer: Sized + Send + Sync + 'static {
    fn info() -> Info;
    fn new(options: &Options) -> Result<Self>;
    fn plan(&self, plan: &mut LayerPlan) -> Result<()>;
    /// Overwrites the outputs.
    fn forward<T: Real>(&self, slice: &mut Slice<T>) -> Result<()>;
    /// Overwrites d_input.
    fn backward<T: Real>(&self, slice: &mut Slice<T>) -> Result<()>;
    /// Adds to d_parameter.
    fn backward_params<T: Real>(&self, _slice: &mut Slice<T>) -> Result<()> {
        Ok(())
    }
}

struct Plan<L> {
    layer: *const L,
    element: i32,
}

macro_rules! entry {
    ($name:ident) => {
        unsafe extern "C" fn $name<L: Layer>(plan: *mut c_void, call: *const trg_call, error: *mut trg_error) -> i32 {
            guarded(error, || {
                let (plan, call) = (&*(plan as *const Plan<L>), &*call);
                if plan.element == TRG_F64 {
                    (*plan.layer).$name(&mut Slice::<f64> { call, element: PhantomData })
                } else {
                    (*plan.layer).$name(&mut Slice::<f32> { call, element: PhantomData })
                }
            })
        }
    };
}
entry!(forward);
entry!(backward);
entry!(backward_params);

unsafe extern "C" fn create<L: Layer>(options: *const trg_options, layer: *mut *mut c_void, error: *mut trg_error) -> i32 {
    guarded(error, || {
        let given = &*options;
        let items = if given.count == 0 { &[] } else { std::slice::from_raw_parts(given.items, given.count) };
        *layer = Box::into_raw(Box::new(L::new(&Options { items })?)) as *mut c_void;
        Ok(())
    })
}
unsafe extern "C" fn destroy<L: Layer>(layer: *mut c_void) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(Box::from_raw(layer as *mut L))));
}
unsafe extern "C" fn plan<L: Layer>(layer: *mut c_void, request: *const trg_plan_request, planner: *const trg_planner, plan: *mut *mut c_void, error: *mut trg_error) -> i32 {
    guarded(error, || {
        let layer = layer as *const L;
        let mut answers = LayerPlan { request: &*request, planner: &*planner, asked: std::cell::Cell::new(0) };
        (*layer).plan(&mut answers)?;
        if answers.asked.get() < answers.inputs() {
            return Err(Error::shape("input", format!("expected {} inputs, found {}", answers.asked.get(), answers.inputs())));
        }
        *plan = Box::into_raw(Box::new(Plan { layer, element: (*request).r#type })) as *mut c_void;
        Ok(())
    })
}
unsafe extern "C" fn destroy_plan<L: Layer>(plan: *mut c_void) {
    drop(Box::from_raw(plan as *mut Plan<L>));
}

struct Calls<L>(PhantomData<L>);
impl<L: Layer> Calls<L> {
    const TABLE: &'static trg_layer_calls = &trg_layer_calls {
        size: std::mem::size_of::<trg_layer_calls>(),
        create: Some(create::<L>),
        destroy: Some(destroy::<L>),
        plan: Some(plan::<L>),
        destroy_plan: Some(destroy_plan::<L>),
        derive: None,
        forward: Some(forward::<L>),
        backward: Some(backward::<L>),
        backward_params: Some(backward_params::<L>),
        update_state: None,
        expand: None,
    };
}

/// A text for the border; items live as long as the process.
fn forever(text: &str) -> *const c_char {
    CString::new(text).expect("a text of the border has no zero byte").into_raw()
}

pub fn layer<L: Layer>() -> trg_item {
    let info = L::info();
    let options: Vec<trg_option_spec> = info.options.iter().map(OptionSpec::native).collect();
    let options: &'static [trg_option_spec] = Box::leak(options.into_boxed_slice());
    trg_item {
        size: std::mem::size_of::<trg_item>(),
        kind: TRG_LAYER,
        reserved: 0,
        name: forever(info.name),
        version: forever(info.version),
        licence: forever(info.licence),
        author: forever(info.author),
        summary: forever(info.summary),
        formula: forever(info.formula),
        source: forever(info.source),
        options: options.as_ptr(),
        option_count: options.len(),
        option_stride: std::mem::size_of::<trg_option_spec>(),
        calls: Calls::<L>::TABLE as *const trg_layer_calls as *const c_void,
    }
}

#[doc(hidden)]
pub fn open(lent: *const trg_host, items: fn() -> Vec<trg_item>) -> *const trg_library {
    HOST.store(lent as *mut trg_host, Ordering::Release);
    let made = catch_unwind(|| {
        let items: &'static [trg_item] = Box::leak(items().into_boxed_slice());
        &*Box::leak(Box::new(trg_library { size: std::mem::size_of::<trg_library>(), items: items.as_ptr(), item_count: items.len(), item_stride: std::mem::size_of::<trg_item>() }))
    });
    made.map_or(std::ptr::null(), |library| library as *const trg_library)
}

#[doc(hidden)]
pub const NOTE: trg_note_section = trg_note_section {
    owner_size: 8,
    note_size: std::mem::size_of::<trg_note>() as u32,
    r#type: TRG_NOTE_TYPE as u32,
    owner: [b'T' as c_char, b'e' as c_char, b'r' as c_char, b'a' as c_char, b'n' as c_char, b'g' as c_char, b'a' as c_char, 0],
    note: trg_note { magic: TRG_NOTE_MAGIC, major: TRG_BORDER_MAJOR as u16, minor: TRG_BORDER_MINOR as u16, least_minor: TRG_BORDER_LEAST_MINOR as u16, reserved: 0 },
};

/// Once a library: its items, the border's note and the one exported symbol.
#[macro_export]
macro_rules! plugin {
    ($($item:expr),+ $(,)?) => {
        #[used]
        #[link_section = ".note.teranga"]
        static TERANGA_NOTE: $crate::border::trg_note_section = $crate::NOTE;
        #[no_mangle]
        pub extern "C" fn teranga_open_library(host: *const $crate::border::trg_host) -> *const $crate::border::trg_library {
            $crate::open(host, || vec![$($item),+])
        }
    };
}
