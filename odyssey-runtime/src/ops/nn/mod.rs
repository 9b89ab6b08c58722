//! What networks are made of. Images are `[N, C, H, W]`: examples, channels, rows, columns.

pub mod attention;
pub mod avg_pool;
pub mod batch_norm;
pub mod batch_norm_train;
mod channels;
mod channelwise;
pub mod conv1d;
pub mod conv2d;
pub mod conv_transpose2d;
mod convolution;
pub mod depthwise_conv2d;
pub mod dropout;
pub mod embedding;
pub mod group_norm;
pub mod layer_norm;
pub mod max_pool2d;
pub mod multi_head_attention;
mod normalise;
pub mod pad;
pub mod rms_norm;
mod windows;

pub use conv1d::Conv1d;
pub use convolution::Conv2d;
pub use dropout::Mask;

/// The functions with their companions.
pub mod functions {
    pub use super::attention::{scaled_dot_product_attention, scaled_dot_product_attention_masked};
    pub use super::avg_pool::{adaptive_avg_pool2d, avg_pool2d, global_avg_pool2d};
    pub use super::batch_norm::batch_norm;
    pub use super::batch_norm_train::batch_norm_train;
    pub use super::conv_transpose2d::{conv_transpose2d, conv_transpose2d_with};
    pub use super::conv1d::conv1d;
    pub use super::conv2d::conv2d;
    pub use super::depthwise_conv2d::depthwise_conv2d;
    pub use super::dropout::dropout;
    pub use super::embedding::embedding;
    pub use super::group_norm::{group_norm, instance_norm};
    pub use super::layer_norm::layer_norm;
    pub use super::max_pool2d::max_pool2d;
    pub use super::multi_head_attention::{multi_head_attention, multi_head_attention_masked};
    pub use super::pad::pad;
    pub use super::rms_norm::rms_norm;
}

/// The same as methods.
pub mod methods {
    pub use super::attention::{Attention, MaskedAttention};
    pub use super::avg_pool::{AdaptiveAvgPool2d, AvgPool2d, GlobalAvgPool2d};
    pub use super::batch_norm::BatchNorm;
    pub use super::batch_norm_train::BatchNormTrain;
    pub use super::conv_transpose2d::{ConvolveTransposed2d, ConvolveTransposed2dWith};
    pub use super::conv1d::Convolve1d;
    pub use super::conv2d::Convolve2d;
    pub use super::depthwise_conv2d::DepthwiseConvolve2d;
    pub use super::dropout::Dropout;
    pub use super::embedding::Embedding;
    pub use super::group_norm::{GroupNorm, InstanceNorm};
    pub use super::layer_norm::LayerNorm;
    pub use super::max_pool2d::MaxPool2d;
    pub use super::pad::Pad;
    pub use super::rms_norm::RmsNorm;
}

/// Their hidden forms.
pub mod hidden {
    pub use super::attention::{AttentionHidden, MaskedAttentionHidden};
    pub use super::avg_pool::{AdaptiveAvgPool2dHidden, AvgPool2dHidden, GlobalAvgPool2dHidden};
    pub use super::batch_norm::BatchNormHidden;
    pub use super::batch_norm_train::BatchNormTrainHidden;
    pub use super::conv_transpose2d::{ConvolveTransposed2dHidden, ConvolveTransposed2dWithHidden};
    pub use super::conv1d::Convolve1dHidden;
    pub use super::conv2d::Convolve2dHidden;
    pub use super::depthwise_conv2d::DepthwiseConvolve2dHidden;
    pub use super::dropout::DropoutHidden;
    pub use super::embedding::EmbeddingHidden;
    pub use super::group_norm::{GroupNormHidden, InstanceNormHidden};
    pub use super::layer_norm::LayerNormHidden;
    pub use super::max_pool2d::MaxPool2dHidden;
    pub use super::pad::PadHidden;
    pub use super::rms_norm::RmsNormHidden;
}
