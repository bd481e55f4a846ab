! SPDX-License-Identifier: Apache-2.0
! Writing plugins of Teranga in Fortran: the border (teranga_border), and short words for what every plugin does: facts and options of an item, the answers of a plan,
! tensors as arrays, errors. teranga_add_plugin compiles it into the plugin. Arrays of Fortran count their axes the other way: a tensor [N, T, C] is seen as (C, N*T).
module teranga
  use, intrinsic :: iso_c_binding
  use, intrinsic :: ieee_arithmetic, only: ieee_value, ieee_positive_inf
  use teranga_border
  implicit none

  ! call trg_view(tensors, i, x): tensor i (0 is the first) as x(C, rows), C its last axis; x is not associated where its data are null.
  interface trg_view
    module procedure view_f32, view_f64
  end interface

contains

  ! A text for the border, which stays for as long as the process.
  function trg_forever(text) result(copy)
    character(len=*), intent(in) :: text
    type(c_ptr) :: copy
    character(kind=c_char), pointer :: letters(:)
    allocate (letters(len_trim(text) + 1))
    letters = ended(text)
    copy = c_loc(letters)
  end function

  function ended(text) result(letters)
    character(len=*), intent(in) :: text
    character(kind=c_char) :: letters(len_trim(text) + 1)
    integer :: i
    do i = 1, len_trim(text)
      letters(i) = text(i:i)
    end do
    letters(len_trim(text) + 1) = c_null_char
  end function

  ! An option that is a real number.
  function trg_real_option(name, value, least, most, doc) result(spec)
    character(len=*), intent(in) :: name, doc
    real(c_double), intent(in) :: value
    real(c_double), intent(in), optional :: least, most
    type(trg_option_spec) :: spec
    spec = option_of(name, TRG_REAL, doc, least, most)
    spec%default_value%real = value
  end function

  ! An option that is a whole number.
  function trg_integer_option(name, value, least, most, doc) result(spec)
    character(len=*), intent(in) :: name, doc
    integer(c_int64_t), intent(in) :: value
    real(c_double), intent(in), optional :: least, most
    type(trg_option_spec) :: spec
    spec = option_of(name, TRG_INTEGER, doc, least, most)
    spec%default_value%integer = value
    spec%default_value%real = real(value, c_double)
  end function

  function option_of(name, kind, doc, least, most) result(spec)
    character(len=*), intent(in) :: name, doc
    integer(c_int32_t), intent(in) :: kind
    real(c_double), intent(in), optional :: least, most
    type(trg_option_spec) :: spec
    spec%size = c_sizeof(spec)
    spec%name = trg_forever(name)
    spec%doc = trg_forever(doc)
    spec%component_kind = trg_forever("")
    spec%kind = kind
    spec%default_value%kind = kind
    spec%maximum = ieee_value(spec%maximum, ieee_positive_inf)
    spec%minimum = -spec%maximum
    if (present(least)) spec%minimum = least
    if (present(most)) spec%maximum = most
    spec%most_items = huge(spec%most_items)
  end function

  ! Facts of an item; calls: c_loc of its table.
  function trg_describe(kind, name, calls, version, licence, author, summary, formula, source, options) result(item)
    integer(c_int32_t), intent(in) :: kind
    character(len=*), intent(in) :: name, version, licence, author, summary, formula, source
    type(c_ptr), intent(in) :: calls
    type(trg_option_spec), intent(in) :: options(:)
    type(trg_item) :: item
    type(trg_option_spec), pointer :: kept(:)
    allocate (kept(max(1, size(options))))
    kept(:size(options)) = options
    item%size = c_sizeof(item)
    item%kind = kind
    item%name = trg_forever(name)
    item%version = trg_forever(version)
    item%licence = trg_forever(licence)
    item%author = trg_forever(author)
    item%summary = trg_forever(summary)
    item%formula = trg_forever(formula)
    item%source = trg_forever(source)
    item%options = c_loc(kept)
    item%option_count = size(options)
    item%option_stride = c_sizeof(kept(1))
    item%calls = calls
  end function

  ! What teranga_open_library gives back.
  function trg_library_of(items) result(library)
    type(trg_item), intent(in) :: items(:)
    type(c_ptr) :: library
    type(trg_library), pointer :: made
    type(trg_item), pointer :: kept(:)
    allocate (made, kept(size(items)))
    kept = items
    made%size = c_sizeof(made)
    made%items = c_loc(kept)
    made%item_count = size(items)
    made%item_stride = c_sizeof(kept(1))
    library = c_loc(made)
  end function

  ! The value of an option, which the host has completed and checked.
  function trg_value_of(options, name) result(value)
    type(c_ptr), intent(in) :: options
    character(len=*), intent(in) :: name
    type(trg_value) :: value
    type(trg_options), pointer :: all
    type(trg_option), pointer :: items(:)
    integer :: i
    call c_f_pointer(options, all)
    call c_f_pointer(all%items, items, [all%count])
    do i = 1, size(items)
      if (same(items(i)%name, name)) value = items(i)%value
    end do
  end function

  function same(text, expected) result(yes)
    type(c_ptr), intent(in) :: text
    character(len=*), intent(in) :: expected
    logical :: yes
    character(kind=c_char), pointer :: letters(:)
    integer :: i
    call c_f_pointer(text, letters, [len(expected) + 1])
    yes = .false.
    do i = 1, len(expected)
      if (letters(i) /= expected(i:i)) return
    end do
    yes = letters(len(expected) + 1) == c_null_char
  end function

  ! The error record of a call; gives the status that the call returns.
  function trg_fail(error, status, place, text) result(code)
    type(c_ptr), intent(in) :: error
    integer(c_int32_t), intent(in) :: status
    character(len=*), intent(in) :: place, text
    integer(c_int32_t) :: code
    type(trg_error), pointer :: record
    code = status
    if (.not. c_associated(error)) return
    call c_f_pointer(error, record)
    record%code = status
    record%sample = -1
    call put(record%where, place)
    call put(record%text, text)
    call put(record%hint, "")
  end function

  subroutine put(letters, text)
    character(kind=c_char), intent(inout) :: letters(:)
    character(len=*), intent(in) :: text
    integer :: n
    n = min(len_trim(text), size(letters) - 1)
    letters(:n + 1) = ended(text(:n))
  end subroutine

  ! Input i of a plan (0 is the first), with the shape of axes in C's order. Gives a status: of an input that is not there, not of real numbers, or with an axis of
  ! no elements.
  function trg_input_of(request, i, shape, error) result(status)
    type(trg_plan_request), intent(in) :: request
    integer, intent(in) :: i
    integer(c_int64_t), pointer, intent(out) :: shape(:)
    type(c_ptr), intent(in) :: error
    integer(c_int32_t) :: status
    type(trg_input), pointer :: input
    nullify (shape)
    if (i >= request%input_count) then
      status = trg_fail(error, TRG_BAD_SHAPE, "input", "expected more inputs than there are")
      return
    end if
    call c_f_pointer(behind(request%inputs, i*request%input_stride), input)
    if (input%tensor%type /= request%type) then
      status = trg_fail(error, TRG_BAD_SHAPE, "input", "expects an input of floating-point numbers, found other ones")
      return
    end if
    call c_f_pointer(input%tensor%shape, shape, [input%tensor%rank])
    status = TRG_OK
    if (any(shape(2:) == 0)) status = trg_fail(error, TRG_BAD_SHAPE, "input", "found an axis of no elements")
  end function

  function behind(start, bytes) result(place)
    type(c_ptr), intent(in) :: start
    integer(c_size_t), intent(in) :: bytes
    type(c_ptr) :: place
    place = transfer(transfer(start, 0_c_intptr_t) + int(bytes, c_intptr_t), place)
  end function

  subroutine trg_reads_in_backward(planner, input)
    type(trg_planner), intent(in) :: planner
    integer, intent(in) :: input
    procedure(trg_planner_input), pointer :: tell
    call c_f_procpointer(planner%input, tell)
    call tell(planner%context, int(input, c_int32_t), TRG_READ_IN_BACKWARD)
  end subroutine

  subroutine trg_output_is(planner, type, shape)
    type(trg_planner), intent(in) :: planner
    integer(c_int32_t), intent(in) :: type
    integer(c_int64_t), target, intent(in) :: shape(:)
    type(trg_port), target :: port
    character(kind=c_char), target :: name(7)
    procedure(trg_planner_output), pointer :: tell
    name = ended("output")
    port%size = c_sizeof(port)
    port%name = c_loc(name)
    port%type = type
    port%rank = size(shape)
    port%shape = c_loc(shape)
    port%shares_with = -1
    call c_f_procpointer(planner%output, tell)
    call tell(planner%context, c_loc(port))
  end subroutine

  ! A parameter that begins as one number everywhere.
  subroutine trg_parameter_is(planner, name, shape, constant)
    type(trg_planner), intent(in) :: planner
    character(len=*), intent(in) :: name
    integer(c_int64_t), target, intent(in) :: shape(:)
    real(c_double), intent(in) :: constant
    type(trg_option), target :: number
    type(trg_value), target :: initializer
    type(trg_parameter), target :: parameter
    character(kind=c_char), target :: words(len_trim(name) + 1), kind(17), option(6)
    procedure(trg_planner_parameter), pointer :: tell
    words = ended(name)
    kind = ended("teranga.constant")
    option = ended("value")
    number%name = c_loc(option)
    number%value%kind = TRG_REAL
    number%value%real = constant
    initializer%kind = TRG_COMPONENT
    initializer%text = c_loc(kind)
    initializer%count = 1
    initializer%options = c_loc(number)
    parameter%size = c_sizeof(parameter)
    parameter%name = c_loc(words)
    parameter%rank = size(shape)
    parameter%trainable = 1
    parameter%shape = c_loc(shape)
    parameter%initializer = c_loc(initializer)
    call c_f_procpointer(planner%parameter, tell)
    call tell(planner%context, c_loc(parameter))
  end subroutine

  subroutine extents(tensors, i, data, counts)
    type(c_ptr), intent(in) :: tensors
    integer, intent(in) :: i
    type(c_ptr), intent(out) :: data
    integer(c_int64_t), intent(out) :: counts(2)
    type(trg_tensor), pointer :: all(:)
    integer(c_int64_t), pointer :: shape(:)
    call c_f_pointer(tensors, all, [i + 1])
    data = all(i + 1)%data
    call c_f_pointer(all(i + 1)%shape, shape, [all(i + 1)%rank])
    counts = [shape(size(shape)), product(shape(:size(shape) - 1))]
  end subroutine

  subroutine view_f32(tensors, i, x)
    type(c_ptr), intent(in) :: tensors
    integer, intent(in) :: i
    real(c_float), pointer, contiguous, intent(out) :: x(:, :)
    type(c_ptr) :: data
    integer(c_int64_t) :: counts(2)
    call extents(tensors, i, data, counts)
    nullify (x)
    if (c_associated(data)) call c_f_pointer(data, x, counts)
  end subroutine

  subroutine view_f64(tensors, i, x)
    type(c_ptr), intent(in) :: tensors
    integer, intent(in) :: i
    real(c_double), pointer, contiguous, intent(out) :: x(:, :)
    type(c_ptr) :: data
    integer(c_int64_t) :: counts(2)
    call extents(tensors, i, data, counts)
    nullify (x)
    if (c_associated(data)) call c_f_pointer(data, x, counts)
  end subroutine

end module teranga
